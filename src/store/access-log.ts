// The access log's door for writers: an entry is committed before the answer's first byte, or there is no answer.
import type { LogEntry } from './log-entry.ts';

export interface AccessLog {
  /** Resolves once the entries are committed. Rejects with `log/unwritable`: then answer 503 and disclose nothing. */
  write(entries: readonly LogEntry[]): Promise<void>;
  /** Waits for what is under way and takes no more. */
  close(): Promise<void>;
}
