/**
 * Opens a store: looks at what is there, refuses what it cannot serve, recovers the rest, and puts
 * the parts together. Nothing is appended before all of it is done.
 */
import { DiskError, type FolderLock, makeDurableFolder, type Runtime } from '../runtime/mod.ts';
import { Appender } from './appender.ts';
import { Checkpoint } from './checkpoint.ts';
import { CommitLog } from './commit-log.ts';
import { Discarded } from './discarded.ts';
import { DiskGuard } from './disk-guard.ts';
import { Dispatch } from './dispatch.ts';
import { DispatchNotes } from './dispatch-notes.ts';
import { MessageIndex, type MessageIndexDeps } from './message-index.ts';
import { Observers } from './observers.ts';
import { OpenFiles } from './open-files.ts';
import { requireOwner } from './owner.ts';
import { QueueMemory } from './queue-memory.ts';
import { QueueTable } from './queue-table.ts';
import { Queues } from './queues.ts';
import { RecordWriter } from './record-writer.ts';
import { type Recovered, recover, type StartMode } from './recovery.ts';
import { Segments, type SegmentsDeps } from './segments.ts';
import { StoreError } from './store-error.ts';
import { hasAbort, refuseForeign, requireFormat, writeAbort } from './store-files.ts';
import { requireSound, type StoreOptions } from './store-options.ts';

export type StoreRuntime = Pick<Runtime, 'clock' | 'disk' | 'log'>;

/** What a store consists of, recovered and ready. */
export interface StoreParts {
  readonly runtime: StoreRuntime;
  readonly options: StoreOptions;
  readonly lock: FolderLock;
  readonly files: OpenFiles;
  readonly discarded: readonly Discarded[];
  readonly unsyncedFolders: Set<string>;
  readonly checkpoint: Checkpoint;
  readonly log: CommitLog;
  readonly dispatch: Dispatch;
  readonly queues: Queues;
  readonly memory: QueueMemory;
  readonly index: MessageIndex | undefined;
  readonly writer: RecordWriter;
  readonly appender: Appender;
  readonly guard: DiskGuard;
  readonly observers: Observers;
  readonly wasCrash: boolean;
  readonly recovered: Recovered;
}

export async function openParts(runtime: StoreRuntime, options: StoreOptions): Promise<StoreParts> {
  requireSound(options);
  const { folder } = options;
  makeDurableFolder(runtime.disk, folder);
  const lock = await lockFolder(runtime, folder);
  try {
    refuseForeign(runtime.disk, folder);
    requireFormat(runtime.disk, folder);
    if (options.owner !== undefined) requireOwner(runtime.disk, folder, options.owner);
    return assemble(runtime, options, lock);
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function lockFolder({ disk }: StoreRuntime, folder: string): Promise<FolderLock> {
  try {
    return await disk.lock(folder);
  } catch (error) {
    if (!(error instanceof DiskError) || error.code !== 'Locked') throw error;
    throw new StoreError('InUse', `Cannot open ${folder}: ${error.message}`, { cause: error });
  }
}

function assemble(runtime: StoreRuntime, options: StoreOptions, lock: FolderLock): StoreParts {
  const { disk, log: logger } = runtime;
  const { folder } = options;
  const startedMs = runtime.clock.monotonicMs();
  const wasCrash = hasAbort(disk, folder);
  const mode: StartMode = wasCrash ? 'afterCrash' : 'afterStop';
  const guard = new DiskGuard(runtime, folder, options.diskLevels);
  const onFailure = (error: DiskError): void => guard.onFailure(error);
  const files = new OpenFiles(disk, options.openFilesMax);
  const unsyncedFolders = new Set<string>();
  const discarded = [new Discarded(runtime, `${folder}/gantry-removed`)];
  const deps = { root: folder, files, unsyncedFolders, discarded: first(discarded) };

  const segments = openLogSegments(runtime, options, deps, discarded);
  const checkpoint = new Checkpoint(disk, `${folder}/checkpoint`);
  const memory = new QueueMemory(options.queueMemoryBytes, onFailure);
  const index = openIndex(options, { ...deps, clock: runtime.clock, onFailure });
  const observers = new Observers();
  const dispatch = new Dispatch(options.pendingMax, index, (queue) => observers.arrival(queue));
  const queues = new Queues(
    deps,
    { folder: `${folder}/consumequeue`, fileBytes: options.consumeQueueFileBytes },
    memory,
    new QueueTable(dispatch.queues, dispatch.pending),
  );
  const notes = new DispatchNotes(dispatch, {
    isIndexed: index !== undefined,
    delayLevelsMs: options.delayLevelsMs,
  });

  const parts = { log: logger, segments, checkpoint, queues, index, dispatch, notes };
  const recovered = recover(parts, mode);
  const log = openLog(segments, files, options, { recovered, mode });
  const lastTimestamp = Math.max(recovered.lastTimestamp, checkpoint.newestMs);
  dispatch.lastTimestamp = lastTimestamp;
  // Wrong settings must show now, not at the first message.
  queues.first();
  const writer = new RecordWriter(options.storeHost, options.bodyBytesMax);
  const appender = new Appender(
    { clock: runtime.clock, log, dispatch, notes, writer },
    lastTimestamp,
  );
  writeAbort(disk, folder);
  logger.info('Opened the store', {
    folder,
    wasCrash,
    minOffset: log.minOffset,
    maxOffset: log.writtenEnd,
    scannedBytes: recovered.scannedBytes,
    tookMs: Math.round(runtime.clock.monotonicMs() - startedMs),
  });
  return {
    runtime,
    options,
    lock,
    files,
    discarded,
    unsyncedFolders,
    checkpoint,
    log,
    dispatch,
    queues,
    memory,
    index,
    writer,
    appender,
    guard,
    observers,
    wasCrash,
    recovered,
  };
}

function openIndex(options: StoreOptions, deps: MessageIndexDeps): MessageIndex | undefined {
  if (!options.isIndexed) return undefined;
  return new MessageIndex(deps, `${options.folder}/index`, {
    slots: options.indexSlots,
    entries: options.indexEntries,
  });
}

/** The log's files; their names are made durable one by one, so they have a set of their own. */
function openLogSegments(
  runtime: StoreRuntime,
  options: StoreOptions,
  deps: SegmentsDeps,
  discarded: Discarded[],
): Segments {
  const folder = options.commitLogFolder ?? `${options.folder}/commitlog`;
  const above = folder.slice(0, folder.lastIndexOf('/'));
  if (above !== options.folder) discarded.push(new Discarded(runtime, `${above}/gantry-removed`));
  const segments = new Segments(
    { ...deps, discarded: discarded.at(-1) ?? deps.discarded, unsyncedFolders: new Set() },
    folder,
    options.commitLogFileBytes,
  );
  segments.load(hasAbort(runtime.disk, options.folder) ? 'shortEnd' : 'strict');
  return segments;
}

/** The log from where recovery found its end; what lies behind it goes. */
function openLog(
  segments: Segments,
  files: OpenFiles,
  { tailBytes }: StoreOptions,
  { recovered, mode }: { recovered: Recovered; mode: StartMode },
): CommitLog {
  const { end } = recovered;
  const log = new CommitLog(segments, files, { end, staleEnd: end, tailBytes });
  if (mode === 'afterCrash') log.mend(recovered.start);
  return log;
}

function first<T>([item]: readonly T[]): T {
  return item as T;
}
