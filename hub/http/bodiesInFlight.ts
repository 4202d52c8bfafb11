/**
 * Memory that bodies in flight may take: of the whole listener, and of one client certificate, so that one department's uploads cannot
 * crowd out the others. Owner of both counts; whoever takes bytes gives them back when the reply has left.
 */
export interface BodyLimits {
  /** bytes */
  readonly all: number;
  readonly each: number;
}

/** Eight parts of an upload at once for each certificate. */
const usual: BodyLimits = { all: 256 << 20, each: 64 << 20 };

/** What one request holds. */
export interface HeldBody {
  /** @returns false where that would be too much */
  take(bytes: number): boolean;
  /** Gives everything back. */
  release(): void;
}

export interface BodiesInFlight {
  hold(key: string): HeldBody;
  /** bytes held now */
  held(): number;
}

export function bodiesInFlight(limits: BodyLimits = usual): BodiesInFlight {
  let all = 0;
  const byKey = new Map<string, number>();
  const move = (key: string, bytes: number): void => {
    all += bytes;
    const left = (byKey.get(key) ?? 0) + bytes;
    if (left === 0) byKey.delete(key);
    else byKey.set(key, left);
  };
  return {
    held: () => all,
    hold: (key) => {
      let held = 0;
      return {
        take: (bytes) => {
          if (all + bytes > limits.all || (byKey.get(key) ?? 0) + bytes > limits.each) {
            return false;
          }
          held += bytes;
          move(key, bytes);
          return true;
        },
        release: () => {
          move(key, -held);
          held = 0;
        },
      };
    },
  };
}
