// Where a configuration's settings stand, so that whoever must change one finds it: the file of each source, and the
// environment variables and files that settings were filled in from. Never what they hold.

/** What `${…}` was filled in from; `at`: the variable's name, or the file's whole path. */
export interface Place {
  readonly kind: 'environment' | 'file';
  readonly at: string;
}

/** What is remembered of reading a configuration. */
export interface ConfigPlaces {
  readonly readAt: Date;
  /** The file each source is configured in. */
  readonly files: Readonly<Record<string, string>>;
  /** By setting: `sources.employment.config.clientSecret`. */
  readonly filled: Readonly<Record<string, readonly Place[]>>;
}
