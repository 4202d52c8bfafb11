/** What a reply says of a version on its way out: RFC 9745 (Deprecation) and RFC 8594 (Sunset). A notice, not signed; nothing is decided by it. */
export interface Deprecation {
  /** id of the dataset */
  readonly dataset: string;
  /** RFC 3339 */
  readonly since: string;
  /** RFC 3339: from then on it may not answer as it does; absent where no day was agreed */
  readonly sunset?: string;
}

/** @param path of the call @param headers of its reply, by lower-case name @returns undefined where they say nothing, or nothing that is understood */
export function deprecationIn(path: string, headers: ReadonlyMap<string, string>): Deprecation | undefined {
  const dataset = /^\/v1\/datasets\/([a-z0-9.-]{3,101})\//.exec(path)?.[1];
  const since = /^@(\d{1,11})$/.exec(headers.get('deprecation') ?? '')?.[1];
  if (dataset === undefined || since === undefined) return undefined;
  const end = Date.parse(headers.get('sunset') ?? '');
  return {
    dataset,
    since: new Date(Number(since) * 1000).toISOString(),
    ...(Number.isNaN(end) ? {} : { sunset: new Date(end).toISOString() }),
  };
}

/** What the answers of one client told so far. */
export class Deprecations {
  private readonly told = new Map<string, Deprecation>();

  /** The newest notice of each dataset. */
  all(): readonly Deprecation[] {
    return [...this.told.values()];
  }

  /** Of a reply that was verified. */
  hear(path: string, headers: ReadonlyMap<string, string>): void {
    const deprecation = deprecationIn(path, headers);
    if (deprecation !== undefined) this.told.set(deprecation.dataset, deprecation);
  }
}
