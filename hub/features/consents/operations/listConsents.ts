import { subjectToken, tokenYear } from '../../../log/subjects.ts';
import { subjectHash } from '../../../domain/subjectHash.ts';
import { allowed } from '../../../pipeline/call.ts';
import { consentsAbout } from '../store/listConsents.ts';
import { consentView } from './consentView.ts';
import { operation } from '../../common/operation.ts';

const most = 1_000;

/** POST /v1/consents/query: the consents of one person that name the caller as collector, recipient or provider. The look is an entry too. */
export const listConsents = operation('listConsents', {
  kind: 'inspect',
  run: async (call, services) => {
    const { subject } = call.body;
    const { database, keys } = services;
    const { department } = call.caller;
    const hash = Buffer.from(subjectHash(keys.subject, subject.kind, subject.value), 'hex');
    const rows = await consentsAbout(database.app, hash, department, most);
    return allowed<'listConsents'>(
      200,
      { consents: rows.map(consentView) },
      { facts: {}, subjects: [subjectToken(keys.logToken(tokenYear(call.now)), hash)] },
    );
  },
});
