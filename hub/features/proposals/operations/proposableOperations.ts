/** Operations that can wait as a proposal; acceptProposal executes them by id. */
import { registerCodeList, withdrawCodeList } from '../../registry/operations/codeLists.ts';
import { registerPurpose } from '../../registry/operations/purposes.ts';
import { registerSchema } from '../../registry/operations/registerSchema.ts';
import { rebindDataset } from '../../registry/operations/rebindDataset.ts';
import { amendDataset } from '../../registry/operations/amendDataset.ts';
import { registerMapping } from '../../registry/operations/registerMapping.ts';
import { registerPull } from '../../pulls/operations/pulls.ts';
import { registerLiveService } from '../../liveServices/operations/liveServices.ts';
import { appointPersonService } from '../../subjects/operations/appointPersonService.ts';
import { delayView } from '../../subjects/operations/viewDelays.ts';
import { placeHold, liftHold } from '../../log/operations/legalHolds.ts';
import { eraseSubject } from '../../log/operations/eraseSubject.ts';
import { setRetention, orderDestruction } from '../../log/operations/retention.ts';
import { restoreRows } from '../../log/operations/foundRows.ts';
import { rotateLogKey } from '../../log/operations/rotateLogKey.ts';
import { replaceAuthority } from '../../departments/operations/replaceAuthority.ts';
import { registerCatalogueEntry } from '../../catalogue/operations/registerCatalogueEntry.ts';
import { importCatalogue } from '../../catalogue/operations/importCatalogue.ts';
import { registerElementSource } from '../../catalogue/operations/elementSources.ts';
import { registerMatter, endMatter } from '../../matters/operations/matters.ts';
import {
  registerRequestTemplate,
  withdrawRequestTemplate,
} from '../../requests/operations/templates/requestTemplates.ts';
import { registerResponsePlan, withdrawResponsePlan } from '../../events/operations/responsePlans.ts';
import { takePaperConsent } from '../../consents/operations/takePaperConsent.ts';
import { importApproval } from '../../requests/operations/importApproval.ts';
import { nameStandIn } from '../../staff/operations/standIns.ts';
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
  restoreRows,
  replaceAuthority,
  registerCatalogueEntry,
  importCatalogue,
  registerElementSource,
  registerMatter,
  endMatter,
  registerRequestTemplate,
  withdrawRequestTemplate,
  registerResponsePlan,
  withdrawResponsePlan,
  takePaperConsent,
  importApproval,
  nameStandIn,
} as const;

/** staffOperations.ts checks that none is missing. */
export type ProposableOperationId = keyof typeof operations;

/** @returns undefined if the operation cannot be proposed */
export const proposableOperation = (id: string): ProposableOperation | undefined =>
  Object.hasOwn(operations, id) ? operations[id as ProposableOperationId] : undefined;
