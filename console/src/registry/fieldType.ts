import type { Words } from '../words/zh.ts';
import { kindOf, typesOf } from './schemaForm/schemaForm.ts';

type Property = Readonly<Record<string, unknown>>;

/** The word for the type of a field, and whether its value may be null. */
export function fieldType(property: Property): { readonly word: keyof Words; readonly isNullable: boolean } {
  const choices = property['enum'];
  const isNullable = typesOf(property).includes('null') || (Array.isArray(choices) && choices.includes(null));
  return { word: wordOf(property), isNullable };
}

function wordOf(property: Property): keyof Words {
  if ('x-geo' in property) return 'ft_geometry';
  if ('x-attachment' in property) return 'ft_attachment';
  if ('enum' in property || 'const' in property) return 'ft_choice';
  const kind = kindOf(property);
  if (kind !== 'other') return `vk_${kind}`;
  const types = typesOf(property).filter((one) => one !== 'null');
  if (types.length === 1 && types[0] === 'array') return 'ft_list';
  if (types.length === 1 && types[0] === 'object') return 'ft_object';
  return 'ft_other';
}
