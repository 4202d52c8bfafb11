/** What can wait as a proposal: acceptProposal does it by its id. */
import { registerCodeList } from '../registry/registerCodeList.ts';
import { withdrawCodeList } from '../registry/withdrawCodeList.ts';
import { registerPurpose } from '../registry/registerPurpose.ts';
import { registerSchema } from '../registry/registerSchema.ts';
import { rebindDataset } from '../registry/rebindDataset.ts';
import { amendDataset } from '../registry/amendDataset.ts';
import { registerMapping } from '../registry/registerMapping.ts';
import { registerPull } from '../pulls/registerPull.ts';
import { registerLiveService } from '../liveServices/registerLiveService.ts';
import { appointPersonService } from '../subjects/appointPersonService.ts';
import { delayView } from '../subjects/delayView.ts';
import { placeHold } from '../log/placeHold.ts';
import { liftHold } from '../log/liftHold.ts';
import { eraseSubject } from '../log/eraseSubject.ts';
import { setRetention } from '../log/setRetention.ts';
import { orderDestruction } from '../log/orderDestruction.ts';
import { rotateLogKey } from '../log/rotateLogKey.ts';
import { replaceAuthority } from '../identity/replaceAuthority.ts';
import { registerCatalogueEntry } from '../catalogue/registerCatalogueEntry.ts';
import { importCatalogue } from '../catalogue/importCatalogue.ts';
import { registerElementSource } from '../catalogue/registerElementSource.ts';
import { registerMatter } from '../matters/registerMatter.ts';
import { endMatter } from '../matters/endMatter.ts';
import { registerRequestTemplate } from '../requestTemplates/registerRequestTemplate.ts';
import { withdrawRequestTemplate } from '../requestTemplates/withdrawRequestTemplate.ts';
import { takePaperConsent } from '../consents/takePaperConsent.ts';
import { importApproval } from '../requests/importApproval.ts';
import { nameStandIn } from '../staff/nameStandIn.ts';
import type { ProposableOperation } from './proposable.ts';

const operations = {
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
} as const;

/** staffOperations.ts checks that none is missing. */
export type ProposableOperationId = keyof typeof operations;

/** @returns undefined where the operation cannot be proposed */
export const proposableOperation = (id: string): ProposableOperation | undefined =>
  Object.hasOwn(operations, id) ? operations[id as ProposableOperationId] : undefined;
