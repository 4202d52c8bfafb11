/** Public exports of the SDK. */
export { Exports, type Export, type ExportQuestion, type ExportReading } from './exports.ts';
export { Changes, type ChangesAnswer, type ChangesQuestion, type RowChange } from './changes.ts';
export {
  Events,
  type DeliveredEvent,
  type EventsAnswer,
  type EventsRequest as EventsAsked,
  type EventsPublished,
  type PublishedEvent,
  type Subscription,
  type SubscriptionRequest as SubscriptionAsked,
} from './events.ts';
export { keepCertificateRenewed as keepCertificate, type Keeper, type Keeping } from './certificateKeeper.ts';
export { renewalWay, type RenewalWay } from './renewalWay.ts';
export type { IssuedCertificate } from './issuedCertificate.ts';
export {
  signingKey,
  verificationKey,
  type SigningKey,
  type VerificationKey,
} from '../../certs/signatures/index.ts';
export { checkpointsInFile } from './checkpointFile.ts';
export type { CheckpointStore, StoredLog as KeptLog } from './checkpointKeeper.ts';
export { DatongClient } from './datongClient.ts';
export type { DatongClientOptions } from './clientOptions.ts';
export type { Deprecation, Deprecations } from './deprecation.ts';
export { DatongProblem } from './datongProblem.ts';
export type { ExchangeDiagnosis, ExchangeList, ExchangePage, OwnExchange } from './exchanges.ts';
export { receiptJson, saveExchange, type StoredExchange as KeptExchange } from './storedExchange.ts';
export { saveStream } from './storedStream.ts';
export { readStream, type StreamPatience, type StreamReading } from './resumedStream.ts';
export { RecordStream, type StreamEnd, type StreamPart } from './recordStream.ts';
export {
  readProfile,
  type DemoState,
  type HubAddress,
  type Profile,
  type ProfileDocument,
} from './profile.ts';
export {
  LiveFailure,
  LiveServing,
  type Dialled,
  type LiveAsk,
  type LiveConnection,
  type LiveEvents,
  type LiveRows,
  type LiveWire,
  type Opening,
} from './liveConnection.ts';
export { provenAnswer, type ProvenAnswer } from './storedExchange.ts';
export type { LiveServiceShown } from './listTypes.ts';
export { deliveryReceiptHeader, signDeliveryReceipt } from '../../log/pack/deliveryReceipt.ts';
export {
  ProviderService,
  type ProviderServiceOptions,
  type ServiceAnswer,
  type SignedAnswer,
} from './providerService.ts';
export { Sandbox, type SandboxAnswer, type SandboxContext, type SandboxView } from './sandbox.ts';
export {
  RecordTooLong,
  RowPusher,
  type RowOutcome,
  type RowPusherOptions,
  type RowTotals,
} from './rowPusher.ts';
export type { RowsAnswer } from './pushUntilAnswered.ts';
export { changeRow, type CaseChange } from './changeRow.ts';
export { deleteRows } from './deleteRows.ts';
export { largestPart, type SendOptions } from './sendFile.ts';
export type {
  Answer,
  Batch,
  BatchAnswer,
  BatchOutcome,
  BatchQuestion,
  CallContext,
  AggregateAnswer,
  AggregateCell,
  FactAnswer,
  FactQuestion,
  FilterTerm,
  Query,
  QueryAnswer,
  QueryFeatures,
  Scalar,
} from './types.ts';
