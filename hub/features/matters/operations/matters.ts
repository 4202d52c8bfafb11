import type { components } from '../../../../api/openapi.ts';
import {
  type LiveMatter,
  insertMatter,
  mattersByCode,
  liveMatter,
  pageMatters,
} from '../../../registry/store/matters.ts';
import { moment, listedInOrder, names, oneMore, orderedPage } from '../../common/listing.ts';
import { Problem } from '../../../../terms/problem.ts';
import { searchText, soughtIn } from '../../../domain/catalogue.ts';
import { registered, revisionOf } from '../../registry/operations/registration.ts';
import { proposing, everyone } from '../../../domain/cells.ts';
import { ofOffice, self } from '../../../pipeline/ownership.ts';
import { proposable } from '../../proposals/operations/proposable.ts';
import { allowed } from '../../../pipeline/call.ts';
import { operation } from '../../common/operation.ts';
import { readable } from '../../../registry/verifyStanding.ts';
import { listPolicyDocumentsInForce } from '../../../registry/store/policy/policyDocuments.ts';
import { present } from '../../../../terms/defined.ts';

type Schemas = components['schemas'];

/** `MatterView` of openapi.yaml: the whole document, so that every reader can recompute the savings. */
const matterView = ({
  document,
  revision,
  ended,
  registeredAt,
}: LiveMatter<Schemas['Matter']>): Schemas['MatterView'] => ({
  ...document,
  revision,
  ...present({ ended }),
  registeredAt: moment(registeredAt),
});

/**
 * Registers a matter (事项) of the data office's register, or a further revision. It waits until a second person of the office agrees.
 * @throws Problem department_unknown, unknown_reference (a field that its dataset does not have), duplicate_material
 */
export const registerMatter = proposable('registerMatter', {
  permission: { operator: proposing, 'office steward': proposing, steward: proposing },
  owner: ofOffice,
  secondPerson: true,
  run: async (call, { database, registry, identity }, actingPersons) => {
    const matter = call.body;
    const { code, implementationCode, title, basis, departments, materials } = matter;
    for (const [index, department] of departments.entries()) {
      if (identity.department(department) === undefined)
        throw new Problem('department_unknown', { department }, { at: `/body/departments/${index}` });
    }
    await registry.refresh();
    for (const [index, { title: named, fields }] of materials.entries()) {
      const at = `/body/materials/${index}`;
      if (materials.findIndex((one) => one.title.zh === named.zh || one.title.en === named.en) !== index)
        throw new Problem('duplicate_material', {}, { at });
      for (const [nth, field] of fields.entries()) {
        const name = field.slice(field.lastIndexOf('.') + 1);
        const dataset = registry.current.datasets.get(field.slice(0, -name.length - 1));
        // a dataset that is not registered yet cannot be checked
        if (dataset === undefined || dataset.schema.fields.some((one) => one.name === name)) continue;
        throw new Problem('unknown_reference', { kind: 'field', name: field }, { at: `${at}/fields/${nth}` });
      }
    }
    const [known] = await mattersByCode(database.app, [code]);
    const newest = known === undefined ? undefined : { ...known, over: known.ended !== null };
    const { revision, digest, registered: already } = revisionOf(matter, newest);
    const texts = [code, implementationCode, title.zh, title.en, basis.reference, basis.clause ?? ''];
    const words = searchText([...texts, ...materials.flatMap((one) => [one.title.zh, one.title.en])]);
    return registered({
      kind: 'Matter',
      id: code,
      version: String(revision),
      digest,
      registered: already,
      versioned: true,
      work: (transaction) =>
        insertMatter(
          transaction,
          { code, revision, document: matter, digest, words, departments, ended: null },
          actingPersons,
          call.exchange,
        ),
      change: { materials: materials.length },
    });
  },
});

/** GET /v1/matters/{matter}: returns its live revision, ended or not. @throws Problem not_found */
export const showMatter = operation('showMatter', {
  kind: 'inspect',
  permission: everyone,
  owner: self,
  run: async (call, { database }) => {
    const row = await liveMatter<components['schemas']['Matter']>(database.app, call.params.matter);
    if (row === undefined) throw new Problem('not_found');
    return allowed<'showMatter'>(200, matterView(row), { facts: { change: { matter: row.code } } });
  },
});

/** GET /v1/matters: returns the current register with whole documents, so that every reader can recompute the savings. */
export const listMatters = operation('listMatters', {
  kind: 'inspect',
  permission: everyone,
  owner: self,
  run: async (call, { database }) => {
    const { q, department, state } = call.query;
    const page = orderedPage(call.query, names.code);
    const runs = q === undefined ? [] : soughtIn(q).runs;
    const wanted = state === 'ended' ? 'ended' : state === 'current' ? 'current' : undefined;
    const found =
      // a query without a letter matches nothing
      q !== undefined && runs.length === 0
        ? { rows: [], ...(page.isCounted === true ? { total: { count: 0, more: false } } : {}) }
        : await pageMatters<components['schemas']['Matter']>(database.app, {
            ...oneMore(page),
            runs,
            department,
            state: wanted,
          });
    return listedInOrder(call, 'matters', page, found, ({ code }) => code, matterView);
  },
});

/**
 * Ends a matter; its counts remain. Refused while an agreement in force names it, because its calls would continue.
 * @throws Problem not_found, matter_in_use
 */
export const endMatter = proposable('endMatter', {
  permission: { operator: proposing, 'office steward': proposing, steward: proposing },
  owner: ofOffice,
  secondPerson: true,
  run: async (call, { database }, actingPersons) => {
    const { reason } = call.body;
    const code = call.params.matter;
    const [known] = await mattersByCode(database.app, [code]);
    if (known === undefined) throw new Problem('not_found');
    const users = (await listPolicyDocumentsInForce(database.app)).filter(({ text }) => {
      const document = readable(text);
      return document?.kind === 'Agreement' && document.matters?.some((one) => one.code === code) === true;
    });
    const [user] = users;
    if (user !== undefined && known.ended === null)
      throw new Problem('matter_in_use', { matter: code, agreement: `${user.id}@${user.version}` });
    const revision = known.revision + (known.ended === null ? 1 : 0);
    return registered({
      kind: 'Matter',
      id: code,
      version: String(revision),
      digest: known.digest,
      registered: known.ended === null ? undefined : known.digest,
      versioned: true,
      work: (transaction) =>
        insertMatter(transaction, { ...known, revision, ended: reason }, actingPersons, call.exchange),
      change: { ended: true },
    });
  },
});
