/**
 * Limits the memory of request bodies in flight, for the whole listener and for one department, however many certificates it has. A part
 * is reserved for small bodies, so that no number of uploads, stalled or not, blocks queries. Owns both counts; each request releases its
 * bytes after its reply.
 */
export interface BodyLimits {
  /** bytes */
  readonly all: number;
  readonly each: number;
  /** of `all`, for bodies that are small */
  readonly reserved: number;
}

/** Six upload parts at once for each department. */
const usual: BodyLimits = { all: 256 << 20, each: 48 << 20, reserved: 64 << 20 };

/** Bytes of a body that counts as small: any query, any act. */
export const smallBody: number = 64 << 10;

/** Memory of one request's body. */
export interface HeldBody {
  /** @returns false if a limit would be exceeded */
  take(bytes: number): boolean;
  /** Releases everything. */
  release(): void;
}

export interface BodiesInFlight {
  /** @param owner the department, or another identity of the caller */
  hold(owner: string): HeldBody;
  /** bytes held now */
  held(): number;
}

export function bodiesInFlight(limits: BodyLimits = usual): BodiesInFlight {
  let all = 0;
  /** of all, the bytes of bodies that are no longer small */
  let large = 0;
  const byOwner = new Map<string, number>();
  const move = (owner: string, bytes: number): void => {
    all += bytes;
    const left = (byOwner.get(owner) ?? 0) + bytes;
    if (left === 0) byOwner.delete(owner);
    else byOwner.set(owner, left);
  };
  return {
    held: () => all,
    hold: (owner) => {
      let held = 0;
      let isLarge = false;
      return {
        take: (bytes) => {
          const grows = held + bytes > smallBody;
          const more = isLarge ? bytes : held + bytes;
          if (all + bytes > limits.all || (byOwner.get(owner) ?? 0) + bytes > limits.each) return false;
          if (grows && large + more > limits.all - limits.reserved) return false;
          if (grows) {
            large += more;
            isLarge = true;
          }
          held += bytes;
          move(owner, bytes);
          return true;
        },
        release: () => {
          move(owner, -held);
          if (isLarge) large -= held;
          isLarge = false;
          held = 0;
        },
      };
    },
  };
}
