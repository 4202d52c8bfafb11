/**
 * Whoever is unknown to this process may have been registered by another one a moment ago: it is looked up once before it is refused.
 * Owner of what was looked for in vain; a name asked for at once by many is looked up once.
 */
import { isRegistered, type Named } from '../store/departments.ts';
import type { Reader } from '../../platform/database/reader.ts';

export interface SecondLook {
  /** @returns whether the directory was read again because of it. @throws the database's error */
  find(what: Named, id: string): Promise<boolean>;
}

/** How long a name that was not found stays unknown, in milliseconds; how many such names are kept, and looked for at once. */
const forgets = 2_000;
const mostMissing = 4_096;
const mostLooks = 16;

/** @param now milliseconds of any steady clock */
export function secondLook(reader: Reader, reload: () => Promise<void>, now: () => number): SecondLook {
  const looking = new Map<string, Promise<boolean>>();
  /** name → when it may be asked for again; the oldest first */
  const missing = new Map<string, number>();

  async function look(what: Named, id: string, name: string): Promise<boolean> {
    const found = await isRegistered(reader, what, id);
    if (found) await reload();
    else remember(name);
    return found;
  }

  function remember(name: string): void {
    const oldest = missing.size >= mostMissing ? missing.keys().next().value : undefined;
    if (oldest !== undefined) missing.delete(oldest);
    missing.delete(name);
    missing.set(name, now() + forgets);
  }

  return {
    find(what, id) {
      const name = `${what} ${id}`;
      const until = missing.get(name);
      if (until !== undefined && now() < until) return Promise.resolve(false);
      const running = looking.get(name);
      if (running !== undefined) return running;
      if (looking.size >= mostLooks) return Promise.resolve(false);
      const started = look(what, id, name).finally(() => looking.delete(name));
      looking.set(name, started);
      return started;
    },
  };
}
