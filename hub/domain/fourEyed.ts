import type { StaffOperation } from './permissions.ts';

/** What a second person of the owner accepts before it is done, whoever writes it. */
export const fourEyed: ReadonlySet<StaffOperation> = new Set([
  'registerCodeList',
  'withdrawCodeList',
  'registerPurpose',
  'registerPull',
  'registerLiveService',
  'appointPersonService',
  'delayView',
  'placeHold',
  'liftHold',
  'eraseSubject',
  'setRetention',
  'orderDestruction',
  'rotateLogKey',
  'replaceAuthority',
  'registerCatalogueEntry',
  'importCatalogue',
  'registerElementSource',
  'registerMatter',
  'endMatter',
  'registerRequestTemplate',
  'withdrawRequestTemplate',
  'takePaperConsent',
  'importApproval',
  'nameStandIn',
]);
