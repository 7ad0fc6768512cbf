/** A text with the name it goes by in findings: a path as the operator wrote it, or a word such as "inline-routes". */
export interface SourceFile {
  readonly name: string;
  readonly text: string;
}

/** Why a file or directory cannot be read or watched now. */
export interface SourceFault {
  readonly name: string;
  readonly message: string;
  /** Whether it was good once: what was delivered of it then stays. */
  readonly wasGood: boolean;
  /** A warning concerns how changes are noticed, not what is delivered. */
  readonly severity: 'error' | 'warning';
  /** Where in the file, both from 1, when it is a matter of its content. */
  readonly line?: number;
  readonly column?: number;
}

/** What became different in a source, as one step. */
export interface SourceChange {
  /** New files, and files with new text. */
  readonly put: readonly SourceFile[];
  /** Names of files that are gone. */
  readonly remove: readonly string[];
  /**
   * All that cannot be read now; replaces what was said before. An unreadable file is neither put nor removed, and neither are
   * the files of a root that is gone.
   */
  readonly faults: readonly SourceFault[];
}

/** Takes a change. */
export type Deliver = (change: SourceChange) => void;

/** A data client: delivers its files once, then every change. */
export interface Source {
  /** Begins; resolves when the first change, with all files there are, was delivered. */
  start(deliver: Deliver): Promise<void>;
  /** Ends; nothing is delivered any more. */
  close(): Promise<void>;
}
