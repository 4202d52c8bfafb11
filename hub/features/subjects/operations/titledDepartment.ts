import type { components } from '../../../../api/openapi.ts';
import type { Identity } from '../../../identity/identity.ts';

/** A department as shown to persons: its code with its name. */
export function titledDepartment(
  identity: Pick<Identity, 'department'>,
  code: string,
): components['schemas']['TitledCode'] {
  const known = identity.department(code);
  return known === undefined ? { code } : { code, title: { zh: known.nameZh, en: known.nameEn } };
}
