import type { Schemas } from '../api/call.ts';

/** A matter as it is typed: texts, and the fields of a paper in one. */
export interface TypedMatter {
  readonly code: string;
  readonly implementationCode: string;
  readonly zh: string;
  readonly en: string;
  readonly reference: string;
  readonly clause: string;
  readonly departments: readonly string[];
  readonly materials: readonly { readonly zh: string; readonly en: string; readonly fields: string }[];
}

export const emptyMatter: TypedMatter = {
  code: '',
  implementationCode: '',
  zh: '',
  en: '',
  reference: '',
  clause: '',
  departments: [],
  materials: [{ zh: '', en: '', fields: '' }],
};

export const typedMatter = ({
  code,
  implementationCode,
  title,
  basis,
  departments,
  materials,
}: Schemas['MatterView']): TypedMatter => ({
  code,
  implementationCode,
  ...title,
  departments,
  reference: basis.reference,
  clause: basis.clause ?? '',
  materials: materials.map((one) => ({ ...one.title, fields: one.fields.join('\n') })),
});

/** As the hub accepts it: empty fields are left out. */
export const matterOf = ({
  code,
  implementationCode,
  zh,
  en,
  reference,
  clause,
  departments,
  materials,
}: TypedMatter): Schemas['Matter'] => ({
  code,
  implementationCode,
  title: { zh, en },
  departments: [...departments],
  basis: { reference, ...(clause.trim() === '' ? {} : { clause }) },
  materials: materials.map((one) => ({
    title: { zh: one.zh, en: one.en },
    fields: one.fields.split(/[\s,，、]+/).filter((field) => field !== ''),
  })),
});
