/** Options of a copybook that the others leave without effect. */
import type { Bilingual } from '../../terms/bilingual.ts';
import { pointerTo } from '../../schemas/jsonSchema.ts';
import { isSet, type UnusedOption } from '../reading/unusedOption.ts';
import { copybookOptionsSchema, type CopybookOptions } from './options.ts';
import { normal } from './record/fieldNames.ts';

const why = {
  header: {
    zh: '记录由 recordHeader 划分',
    en: 'recordHeader divides the file into records',
  },
  rdw: {
    zh: '只有 recordFormat 为 V 或 VB 的记录有 RDW',
    en: 'only records of recordFormat V and VB have a record descriptor word',
  },
  bdw: {
    zh: '只有 recordFormat 为 VB 的文件有 BDW',
    en: 'only files of recordFormat VB have block descriptor words',
  },
  page: {
    zh: '代码页只用于 EBCDIC，该文件的编码由 encoding 写明',
    en: 'it is a code page of EBCDIC, and encoding names another encoding of the file',
  },
  segments: {
    zh: 'segmentRedefines 没有写任何组',
    en: 'segmentRedefines names no group',
  },
  views: {
    zh: 'segmentRedefines、redefineRules 没有写任何视图',
    en: 'segmentRedefines and redefineRules name no view',
  },
  children: {
    zh: 'segmentRedefines 没有哪个取值对应该组',
    en: 'no value of segmentRedefines means this group',
  },
} as const satisfies Readonly<Record<string, Bilingual>>;

export function unusedCopybookOptions(options: CopybookOptions): readonly UnusedOption[] {
  const set = (name: keyof CopybookOptions): boolean => isSet(options, copybookOptionsSchema, name);
  const { recordFormat, recordHeader, encoding, segmentRedefines = {}, redefineRules = {} } = options;
  const hasHeader = recordHeader !== undefined;
  const hasRules = Object.keys(redefineRules).length > 0;
  const hasGroups = Object.values(segmentRedefines).some((group) => group !== '');
  // a record type without a group is distinguished from others only where there are views
  const hasTypes = hasGroups || (hasRules && Object.keys(segmentRedefines).length > 0);
  const candidates: readonly (readonly [name: keyof CopybookOptions, isUnused: boolean, why: Bilingual])[] = [
    // with D, blanks at the end of a record may be left out, also where headers divide the file
    ['recordFormat', hasHeader && recordFormat !== 'D', why.header],
    ['rdw', hasHeader, why.header],
    ['rdw', !hasHeader && recordFormat !== 'V' && recordFormat !== 'VB', why.rdw],
    ['bdw', hasHeader, why.header],
    ['bdw', !hasHeader && recordFormat !== 'VB', why.bdw],
    ['codePage', encoding !== 'ebcdic', why.page],
    ['segmentField', !hasTypes, why.segments],
    ['lengthByView', !hasGroups && !hasRules, why.views],
  ];
  const own = candidates.filter(([name, isUnused]) => isUnused && set(name));
  return [...own.map(([name, , reason]) => ({ path: `/${name}`, why: reason })), ...unusedChildren(options)];
}

/** Groups of `segmentChildren` that no record can be of. */
function unusedChildren({ segmentRedefines = {}, segmentChildren = {} }: CopybookOptions): UnusedOption[] {
  const groups = new Set(Object.values(segmentRedefines).map(normal));
  return Object.entries(segmentChildren).flatMap(([parent, children]) => {
    const place = pointerTo('/segmentChildren', parent);
    const places = [
      ...(groups.has(normal(parent)) ? [] : [place]),
      ...children.flatMap((child, index) => (groups.has(normal(child)) ? [] : [`${place}/${index}`])),
    ];
    return places.map((path) => ({ path, why: why.children }));
  });
}
