/** What a dispatcher asks its store for. */
export interface ClaimRequest {
  /** end of the leases, Unix milliseconds */
  readonly until: number;
  readonly maxClaimed: number;
  /** those whose last message failed, or the others */
  readonly failing: boolean;
  /** owners that have no place left in this process */
  readonly full: readonly string[];
  /** Unix milliseconds: the hub sets no later attempt. A superuser may have, and such a sink is due. */
  readonly latest: number;
}
