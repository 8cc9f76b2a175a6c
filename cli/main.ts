/** `gantry`: runs one command and ends with the exit code of what became of it. */
import { CommanderError } from 'commander';
import { exitCodes } from './exit-codes.ts';
import { exitNameOf, explain } from './failure.ts';
import { program } from './program.ts';

try {
  await program().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // It has said what was wrong already; help and version are no errors.
    process.exitCode = exitCodes[error.exitCode === 0 ? 'Done' : 'Usage'].code;
  } else {
    process.stderr.write(`gantry: ${explain(error)}\n`);
    process.exitCode = exitCodes[exitNameOf(error)].code;
    // A role that failed half-way may have left something open.
    process.exit();
  }
}
