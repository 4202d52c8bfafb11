import type { StaffCaller } from '../../../identity/authentication/caller.ts';

/** Whether somebody is a steward of the data office. */
export const ofOffice = ({ grants }: Pick<StaffCaller, 'grants'>): boolean =>
  grants.some(({ role, department }) => role === 'steward' && department === undefined);
