import { Problem } from '../../../../terms/problem.ts';
import { searchText } from '../../../domain/catalogue.ts';
import { insertMatter, mattersByCode } from '../../../registry/store/matters.ts';
import { registered, revisionOf } from '../../registry/operations/registration.ts';
import { proposing } from '../../../domain/cells.ts';
import { ofOffice } from '../../../pipeline/ownership.ts';
import { proposable } from '../../proposals/operations/proposable.ts';

/**
 * A matter (事项) of the data office's register, or a further revision of it; it waits until a second person of the office agrees.
 * @throws Problem department_unknown, unknown_reference (a field that its dataset does not have), duplicate_material
 */
export const registerMatter = proposable('registerMatter', {
  permission: { operator: proposing, 'office steward': proposing, steward: proposing },
  owner: ofOffice,
  secondPerson: true,
  run: async (call, { database, registry, identity }, hands) => {
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
        // a dataset that is still to come proves nothing until it is there
        if (dataset === undefined || dataset.schema.fields.some((one) => one.name === name)) continue;
        throw new Problem('unknown_reference', { kind: 'field', name: field }, { at: `${at}/fields/${nth}` });
      }
    }
    const [known] = await mattersByCode(database.app, [code]);
    const standing = known === undefined ? undefined : { ...known, over: known.ended !== null };
    const { revision, digest, registered: already } = revisionOf(matter, standing);
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
          hands,
          call.exchange,
        ),
      change: { materials: materials.length },
    });
  },
});
