/** Where a container finds its things. */
export const CONFIG_FOLDER = '/etc/gantry';
export const DATA_FOLDER = '/var/lib/gantry';
export const BROKER_STORE = `${DATA_FOLDER}/store`;
