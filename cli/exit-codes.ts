/** What the exit status of every command means. Scripts may rely on it; docs/reference lists it. */

interface ExitCode {
  readonly code: number;
  readonly doc: string;
}

export const exitCodes = {
  Done: { code: 0, doc: 'Done.' },
  Failed: { code: 1, doc: 'It failed for a reason that has no code of its own.' },
  Usage: { code: 2, doc: 'The command line is wrong: no such command, option or argument.' },
  Refused: { code: 3, doc: 'A manifest or configuration is wrong; every mistake is listed.' },
  NotFound: {
    code: 4,
    doc: 'There is no such cluster, pod, topic or file, or no API server is named.',
  },
  PortInUse: { code: 5, doc: 'An address to listen on is taken.' },
  Locked: { code: 6, doc: 'Another process uses the store.' },
  NewerFormat: { code: 7, doc: 'A newer version wrote the store.' },
  WrongIdentity: { code: 8, doc: 'The store belongs to another broker.' },
  CorruptStore: { code: 9, doc: 'The store is damaged in a way that recovery cannot mend.' },
  NotReady: { code: 10, doc: 'It did not become ready, or fewer messages came, in time.' },
  Unreachable: { code: 11, doc: 'No name server or broker could be reached.' },
  Rejected: { code: 12, doc: 'A server answered with an error.' },
  NoSpace: { code: 13, doc: 'The disk is full.' },
  Unavailable: { code: 69, doc: 'Node 24 or the packages are missing.' },
  Bug: { code: 70, doc: 'A bug in Gantry: the log has its stack.' },
  Interrupted: { code: 130, doc: 'Ctrl-C.' },
} as const satisfies Readonly<Record<string, ExitCode>>;

export type ExitName = keyof typeof exitCodes;

/** The table as docs/reference/exit-codes.md. */
export function exitCodesMarkdown(): string {
  const rows = Object.values(exitCodes).map(({ code, doc }) => `| ${code} | ${doc} |`);
  return [
    '# Exit codes',
    '',
    'Of every `gantry` command. Generated from `cli/exit-codes.ts`.',
    '',
    '| Code | Meaning |',
    '| --- | --- |',
    ...rows,
    '',
  ].join('\n');
}
