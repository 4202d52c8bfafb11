import type { StaffOperation } from '../../domain/permissions.ts';
import { registerCodeList } from '../registry/registerCodeList.ts';
import { registerCatalogueEntry } from '../catalogue/registerCatalogueEntry.ts';
import { importCatalogue } from '../catalogue/importCatalogue.ts';
import { registerElementSource } from '../catalogue/registerElementSource.ts';
import { endMatter } from '../matters/endMatter.ts';
import { registerMatter } from '../matters/registerMatter.ts';
import { takePaperConsent } from '../consents/takePaperConsent.ts';
import { importApproval } from '../requests/importApproval.ts';
import { registerRequestTemplate } from '../requestTemplates/registerRequestTemplate.ts';
import { withdrawRequestTemplate } from '../requestTemplates/withdrawRequestTemplate.ts';
import { eraseSubject } from '../log/eraseSubject.ts';
import { liftHold } from '../log/liftHold.ts';
import { orderDestruction } from '../log/orderDestruction.ts';
import { placeHold } from '../log/placeHold.ts';
import { replaceAuthority } from '../identity/replaceAuthority.ts';
import { rotateLogKey } from '../log/rotateLogKey.ts';
import { setRetention } from '../log/setRetention.ts';
import { nameStandIn } from '../staff/nameStandIn.ts';
import { registerMapping } from '../registry/registerMapping.ts';
import { registerLiveService } from '../liveServices/registerLiveService.ts';
import { registerPull } from '../pulls/registerPull.ts';
import { amendDataset } from '../registry/amendDataset.ts';
import { rebindDataset } from '../registry/rebindDataset.ts';
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
  rebindDataset,
  amendDataset,
  registerMapping,
  registerPull,
  registerLiveService,
  appointPersonService,
  delayView,
  placeHold,
  liftHold,
  eraseSubject,
  setRetention,
  orderDestruction,
  rotateLogKey,
  replaceAuthority,
  registerCatalogueEntry,
  importCatalogue,
  registerElementSource,
  registerMatter,
  endMatter,
  registerRequestTemplate,
  withdrawRequestTemplate,
  takePaperConsent,
  importApproval,
  nameStandIn,
} as const satisfies Readonly<Partial<Record<StaffOperation, Registrar>>>;

export const isProposable = (name: string): name is keyof typeof registrars =>
  Object.hasOwn(registrars, name);
