/** What can wait as a proposal: acceptProposal does it by its id. */
import { registerCodeList } from '../../registry/operations/registerCodeList.ts';
import { withdrawCodeList } from '../../registry/operations/withdrawCodeList.ts';
import { registerPurpose } from '../../registry/operations/registerPurpose.ts';
import { registerSchema } from '../../registry/operations/registerSchema.ts';
import { rebindDataset } from '../../registry/operations/rebindDataset.ts';
import { amendDataset } from '../../registry/operations/amendDataset.ts';
import { registerMapping } from '../../registry/operations/registerMapping.ts';
import { registerPull } from '../../pulls/operations/registerPull.ts';
import { registerLiveService } from '../../liveServices/operations/registerLiveService.ts';
import { appointPersonService } from '../../subjects/operations/appointPersonService.ts';
import { delayView } from '../../subjects/operations/delayView.ts';
import { placeHold } from '../../log/operations/placeHold.ts';
import { liftHold } from '../../log/operations/liftHold.ts';
import { eraseSubject } from '../../log/operations/eraseSubject.ts';
import { setRetention } from '../../log/operations/setRetention.ts';
import { orderDestruction } from '../../log/operations/orderDestruction.ts';
import { rotateLogKey } from '../../log/operations/rotateLogKey.ts';
import { replaceAuthority } from '../../departments/operations/replaceAuthority.ts';
import { registerCatalogueEntry } from '../../catalogue/operations/registerCatalogueEntry.ts';
import { importCatalogue } from '../../catalogue/operations/importCatalogue.ts';
import { registerElementSource } from '../../catalogue/operations/registerElementSource.ts';
import { registerMatter } from '../../matters/operations/registerMatter.ts';
import { endMatter } from '../../matters/operations/endMatter.ts';
import { registerRequestTemplate } from '../../requests/operations/templates/registerRequestTemplate.ts';
import { withdrawRequestTemplate } from '../../requests/operations/templates/withdrawRequestTemplate.ts';
import { takePaperConsent } from '../../consents/operations/takePaperConsent.ts';
import { importApproval } from '../../requests/operations/importApproval.ts';
import { nameStandIn } from '../../staff/operations/nameStandIn.ts';
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
