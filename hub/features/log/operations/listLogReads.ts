import type { components } from '../../../../api/openapi.ts';
import type { Leaf } from '../../../../log/leaf.ts';
import { newestCheckpoint } from '../../../log/evidence/logAccess.ts';
import { Gone, toldMissing } from '../../../log/evidence/missing.ts';
import { newestAnswers } from '../../../log/evidence/searchEntries.ts';
import type { EntryQuestion } from '../../../log/search/findEntries.ts';
import { leafIn } from '../../../log/search/leafIn.ts';
import { logReads } from '../../../domain/logReads.ts';
import type { Pool } from '../../../platform/database/database.ts';
import { namesBeside } from '../../common/namesBeside.ts';
import { listed, names, oneMore, pageAsked } from '../../common/listing.ts';
import { reachOf } from '../../common/reach.ts';
import type { Services } from '../../common/services.ts';
import { everywhere, own } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';
import type { Permission } from '../../../domain/cells.ts';

interface Look {
  readonly index: number;
  readonly leaf: Leaf;
}

/** Entries that are read at once. */
const portion = 500;

type Read = components['schemas']['LogRead'];

const permission: Permission = { 'office auditor': everywhere, 'office security': everywhere, security: own };

/**
 * GET /v1/log/reads: who of the staff looked into the log, the newest first, as the entries of these looks say it: the auditor is not the
 * only reader of her own. The data office's persons see everybody's, a department's security officer those of its own staff. This look is
 * one of them. @throws Problem cursor_invalid
 */
export const listLogReads = operation('listLogReads', {
  kind: 'inspect',
  permission,
  owner: self,
  run: async (call, services) => {
    const { person, from, until } = call.query;
    const page = pageAsked(call.query, names.index);
    const { size } = newestCheckpoint(services);
    const end = page.after === undefined ? size : Math.min(Number(page.after), size);
    const { most } = oneMore(page);
    const places = reachOf(permission, call.caller) ?? [undefined];
    const narrowed = {
      ...(person === undefined ? {} : { person }),
      ...(from === undefined ? {} : { from }),
      ...(until === undefined ? {} : { until }),
    };
    const found: Look[] = [];
    const gone: number[] = [];
    for (const place of places)
      for (const operation of logReads) {
        const question = { ...narrowed, operation, ...(place === undefined ? {} : { consumer: place }) };
        const told = await looksOfPersons(services.database.app, question, end, most);
        found.push(...told.looks);
        gone.push(...told.gone);
      }
    const newest = found.sort((one, other) => other.index - one.index).slice(0, most);
    // what lies behind this page is the next one's
    const last = newest.length < most ? -1 : (newest.at(-2)?.index ?? -1);
    return listed(
      call,
      'reads',
      page,
      newest,
      ({ index }) => String(index),
      ({ index, leaf }) => readView(index, leaf, services),
      toldMissing(gone.filter((index) => index > last)),
    );
  },
});

/**
 * Calls of nobody stand under the same operation: whoever makes many of them pushes no look of a person off the page.
 * @returns `gone`: indexes of what the index has under the question and the log does not have; nothing tells any more whose look it was
 */
async function looksOfPersons(
  reader: Pool,
  question: EntryQuestion,
  size: number,
  most: number,
): Promise<{ readonly looks: readonly Look[]; readonly gone: readonly number[] }> {
  const looks: Look[] = [];
  const gone = new Gone();
  for (let end: number | undefined = size; end !== undefined && looks.length < most;) {
    const { entries, next, gone: here } = await newestAnswers(reader, question, end, Math.max(most, portion));
    for (const index of here) gone.add(index);
    for (const { index, leaf: bytes } of entries) {
      const leaf = leafIn(bytes);
      if (leaf === undefined) gone.add(index);
      else if (leaf.actor.person !== undefined) looks.push({ index, leaf });
    }
    end = next;
  }
  return { looks, gone: gone.indexes };
}

/** What its entry says of a look; nothing of what it found. */
function readView(index: number, leaf: Leaf, { identity }: Pick<Services, 'identity'>): Read {
  const { id, at, operation, decision, code, dataset, actor, change = {} } = leaf;
  const { person = '', department } = actor;
  const text = (name: string): string | undefined => {
    const value = change[name];
    return value === undefined ? undefined : String(value);
  };
  // at a counter she is asked about who stands there, under the number of an application
  const atCounter = operation === 'viewSubjectAtCounter';
  const [by, reason] = [atCounter ? 'subject' : text('by'), text('reason')];
  const caseNumber = text(atCounter ? 'application' : 'case');
  const entries = change[atCounter ? 'looks' : 'entries'];
  return {
    ...{ index, exchange: id, at, operation, decision, person },
    ...namesBeside(identity, { person }),
    ...(department === undefined ? {} : { department }),
    ...(code === undefined ? {} : { code }),
    ...(dataset === undefined ? {} : { dataset }),
    ...(by === undefined ? {} : { by }),
    ...(reason === undefined ? {} : { reason }),
    ...(caseNumber === undefined ? {} : { case: caseNumber }),
    ...(typeof entries === 'number' ? { entries } : {}),
  };
}
