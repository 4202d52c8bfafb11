/** What a held batch would change for readers, as the hub answers it. */
import type { components } from '../../api/openapi.ts';

export type BatchDifference = components['schemas']['BatchDifference'];

/** Demands for data that nobody offers, as the hub answers them. */
export type DemandView = components['schemas']['DemandView'];

export type DemandList = components['schemas']['DemandList'];

/** Disputes between departments as the hub answers them. */
export type DisputeList = components['schemas']['DisputeList'];

export type DisputeView = components['schemas']['DisputeView'];

/** The service that a live dataset is asked of, as `showLiveService` tells it. */
export type LiveServiceShown = components['schemas']['LiveServiceShown'];

/** Persons who sign for a department by passkey: the shapes of openapi.yaml. */
export type MandateView = components['schemas']['MandateView'];

export type MandateList = components['schemas']['MandateList'];

export type PasskeyList = components['schemas']['PasskeyList'];

export type PolicyDocumentView = components['schemas']['PolicyDocumentView'];

/** Pulls as the hub answers them. */
export type PullShown = components['schemas']['PullShown'];

export type PullList = components['schemas']['PullList'];

/** Where persons and departments are reminded, as the hub answers it. */
export type ReminderAddressList = components['schemas']['ReminderAddressList'];

export type RemindersSet = components['schemas']['RemindersSet'];

/** Requests for data as the hub answers them. */
export type RequestView = components['schemas']['RequestView'];

export type RequestSummary = components['schemas']['RequestSummary'];

export type RequestPapers = components['schemas']['RequestPapers'];

/** Who stands in for a data steward: the shapes of openapi.yaml. */
export type StandInList = components['schemas']['StandInList'];

export type PersonList = components['schemas']['PersonList'];

/** Places with one data steward and nobody beside her. */
export type MissingSecondApprovers = components['schemas']['Waiting']['seconds'];
