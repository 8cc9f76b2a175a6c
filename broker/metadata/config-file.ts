/** The properties file a broker was started from, kept in step with changes made by request. */
import { editProperties } from '../../config/mod.ts';
import type { Disk } from '../../runtime/mod.ts';

/** Writes `changes` into the file, whose other lines and comments stay. Throws `DiskError`. */
export function saveSettings(disk: Disk, path: string, changes: ReadonlyMap<string, string>): void {
  const text = editProperties(disk.exists(path) ? readText(disk, path) : '', changes);
  // Beside and then renamed: a crash leaves the old file or the new one.
  const beside = `${path}.new`;
  const file = disk.open(beside, 'create');
  try {
    file.resize(0);
    file.write(Buffer.from(text), 0);
    file.syncNow();
  } finally {
    file.close();
  }
  disk.rename(beside, path);
  disk.syncFolder(path.slice(0, Math.max(1, path.lastIndexOf('/'))));
}

function readText(disk: Disk, path: string): string {
  const file = disk.open(path, 'existing');
  try {
    const bytes = Buffer.alloc(file.size());
    return bytes.toString('utf8', 0, file.read(bytes, 0));
  } finally {
    file.close();
  }
}
