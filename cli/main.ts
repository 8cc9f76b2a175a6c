/** `gantry`: runs one command and ends with the exit code of what became of it. */
import { exitCodes } from './exit-codes.ts';
import { exitNameOf, explain } from './failure.ts';
import { readRoleLine } from './role-line.ts';
import { endOnSignals } from './starting-signals.ts';

/** Whoever read what is printed has seen enough, as `head` does. */
function endOnBrokenPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  // A command that has something to end listens itself.
  if (process.stdout.listenerCount('error') === 1) process.exit(exitCodes.Done.code);
}

try {
  const line = readRoleLine(process.argv.slice(2));
  if (line === undefined) {
    process.stdout.on('error', endOnBrokenPipe);
    const { program } = await import('./program.ts');
    await program().parseAsync();
  } else {
    endOnSignals();
    const { roles } = await import('./roles.ts');
    await roles[line.role]?.(line);
  }
} catch (error) {
  if (error instanceof Error && error.name === 'CommanderError') {
    // It has said what was wrong already; help and version are no errors.
    const { exitCode } = error as { exitCode?: number };
    process.exitCode = exitCodes[exitCode === 0 ? 'Done' : 'Usage'].code;
  } else {
    process.stderr.write(`gantry: ${explain(error)}\n`);
    process.exitCode = exitCodes[exitNameOf(error)].code;
    // A role that failed half-way may have left something open.
    process.exit();
  }
}
