/** Where a name server is looked for, and where a local cluster serves one, unless told otherwise. */
export const DEFAULT_NAME_SERVER = '127.0.0.1:9876';
