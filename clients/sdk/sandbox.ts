/** The synthetic twin of a dataset (合成副本): invented rows, available from the first day in the form of the real ones. */
import type { components } from '../../api/openapi.ts';
import { contextHeaders, jsonCall, pathWith } from './jsonCall.ts';
import { signedCall, type CallServices } from './signedCall.ts';
import type { Answer, CallContext, Query } from './types.ts';

export type SandboxAnswer = components['schemas']['SandboxAnswer'];
export type SandboxView = components['schemas']['SandboxView'];

/** Context of the call. The purpose is always `sandbox`. */
export interface SandboxContext extends Partial<Omit<CallContext, 'purpose'>> {
  /** the purpose to try, where the agreement or the request has several */
  readonly as?: string;
}

export class Sandbox {
  private readonly services: CallServices;

  constructor(services: CallServices) {
    this.services = services;
  }

  /** Invented rows as the agreement releases them; without one, as the pending request asks for them; else as an outsider sees them. */
  async query(
    dataset: string,
    query: Query,
    { as, ...context }: SandboxContext = {},
  ): Promise<Answer<SandboxAnswer>> {
    const path = pathWith(
      `/v1/datasets/${encodeURIComponent(dataset)}/sandbox-query`,
      as === undefined ? {} : { as },
    );
    const headers = contextHeaders({ ...context, purpose: 'sandbox' });
    return (await signedCall(
      jsonCall(path, query, headers, 'required'),
      this.services,
    )) as Answer<SandboxAnswer>;
  }

  /** Describes what a query needs and returns, with invented values that find single subjects. */
  async describe(
    dataset: string,
    requested: Pick<SandboxContext, 'agreement' | 'as'> = {},
  ): Promise<Answer<SandboxView>> {
    const path = pathWith(`/v1/datasets/${encodeURIComponent(dataset)}/sandbox`, requested);
    return (await signedCall(
      { method: 'GET', path, receipt: 'required' },
      this.services,
    )) as Answer<SandboxView>;
  }
}
