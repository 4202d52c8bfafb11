import { semanticTags } from '../../../../schemas/vocabulary/keywords.ts';
import { Problem } from '../../../../terms/problem.ts';
import { insertSource, sourcesOf, pageSources } from '../../../registry/store/elementSources.ts';
import { registered, revisionOf } from '../../registry/operations/registration.ts';
import { proposing, everyone } from '../../../domain/cells.ts';
import { ofOffice, self } from '../../../pipeline/ownership.ts';
import { proposable } from '../../proposals/operations/proposable.ts';
import type { components } from '../../../../api/openapi.ts';
import { listedInOrder, moment, names, oneMore, orderedPage } from '../../common/listing.ts';
import { operation } from '../../common/operation.ts';

/**
 * 数源部门 (source department): records the data office's decision which department an element comes from, and which others may offer it too.
 * The decision waits until a second person of the office agrees. Existing entries are not changed: they are checked at their next
 * revision.
 * @throws Problem unknown_reference: no such semantic tag; department_unknown, element_source_own
 */
export const registerElementSource = proposable('registerElementSource', {
  // the data office decides which department a fact comes from; others may propose
  permission: { operator: proposing, 'office steward': proposing, steward: proposing },
  owner: ofOffice,
  secondPerson: true,
  run: async (call, { database, identity }, actingPersons) => {
    const source = call.body;
    const { element, department, also = [] } = source;
    if (!(semanticTags as readonly string[]).includes(element))
      throw new Problem(
        'unknown_reference',
        { kind: 'ElementSource', name: element },
        { at: '/body/element' },
      );
    const named = [department, ...also.map((one) => one.department)];
    for (const [index, one] of named.entries()) {
      const at = index === 0 ? '/body/department' : `/body/also/${index - 1}/department`;
      if (identity.department(one) === undefined)
        throw new Problem('department_unknown', { department: one }, { at });
      if (named.indexOf(one) !== index) throw new Problem('element_source_own', { department: one }, { at });
    }
    const [known] = await sourcesOf(database.app, [element]);
    const newest = known === undefined ? undefined : { ...known, over: false };
    const { revision, digest, registered: already } = revisionOf(source, newest);
    return registered({
      kind: 'ElementSource',
      id: element,
      version: String(revision),
      digest,
      registered: already,
      versioned: true,
      work: (transaction) =>
        insertSource(
          transaction,
          { element, revision, department, document: source, digest, also: named.slice(1) },
          actingPersons,
          call.exchange,
        ),
      change: { department },
    });
  },
});

/** GET /v1/element-sources: returns the data office's decision on each element. */
export const listElementSources = operation('listElementSources', {
  kind: 'inspect',
  permission: everyone,
  owner: self,
  run: async (call, { database }) => {
    const { element, department } = call.query;
    const page = orderedPage(call.query, names.code);
    const requested = { ...oneMore(page), element, department };
    const found = await pageSources<components['schemas']['ElementSource']>(database.app, requested);
    return listedInOrder(
      call,
      'sources',
      page,
      found,
      (row) => row.element,
      ({ document, revision, registeredAt }) => ({
        ...document,
        revision,
        registeredAt: moment(registeredAt),
      }),
    );
  },
});
