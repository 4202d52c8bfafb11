import type { components } from '../../../../api/openapi.ts';
import type { Identity } from '../../../identity/identity.ts';
import type { Registry } from '../../../registry/registry.ts';

/** A department as shown to persons: its code with its name. */
export function titledDepartment(
  identity: Pick<Identity, 'department'>,
  code: string,
): components['schemas']['TitledCode'] {
  const known = identity.department(code);
  return known === undefined ? { code } : { code, title: { zh: known.nameZh, en: known.nameEn } };
}

/** A dataset as shown to persons: its code with its title. */
export function titledDataset(
  code: string,
  { registry }: { readonly registry: Pick<Registry, 'current'> },
): components['schemas']['TitledCode'] {
  const row = registry.current.datasets.get(code)?.row;
  return row === undefined ? { code } : { code, title: { zh: row.titleZh, en: row.titleEn } };
}
