import type { StaffOperation } from '../../domain/permissions.ts';
import { registerCodeList } from '../registry/registerCodeList.ts';
import { registerCatalogueEntry } from '../catalogue/registerCatalogueEntry.ts';
import { registerMapping } from '../registry/registerMapping.ts';
import { registerPurpose } from '../registry/registerPurpose.ts';
import { registerSchema } from '../registry/registerSchema.ts';
import type { Registrar } from '../registry/registrar.ts';
import { appointPersonService } from '../subjects/appointPersonService.ts';
import { delayView } from '../subjects/delayView.ts';
import { withdrawCodeList } from '../registry/withdrawCodeList.ts';

/** The operations that may wait for a person of the owner. */
export const registrars = {
  registerCodeList,
  withdrawCodeList,
  registerPurpose,
  registerSchema,
  registerMapping,
  appointPersonService,
  delayView,
  registerCatalogueEntry,
} as const satisfies Readonly<Partial<Record<StaffOperation, Registrar>>>;

export const isProposable = (name: string): name is keyof typeof registrars =>
  Object.hasOwn(registrars, name);
