import type { Bilingual } from '../../../../terms/bilingual.ts';
import { unlogged } from '../../../pipeline/call.ts';
import { operation } from '../../common/operation.ts';

/** How one may sign in here; in a demo also as whom. */
export const showSignIn = operation('showSignIn', {
  kind: 'none',
  run: (_call, { hub, identity }) => {
    const names = new Map(
      identity.departments().map((one) => [one.code, { zh: one.nameZh, en: one.nameEn }]),
    );
    const demo = identity.sessions.demoPersons().map(({ id, name, department, grants }) => ({
      person: id,
      name,
      ...placeOf(department ?? grants.find((one) => one.department !== undefined)?.department, names),
      roles: grants.map(({ role, department: place }) => ({
        role,
        ...(place === undefined ? {} : { department: place }),
      })),
    }));
    const { provider } = identity.sessions;
    return unlogged<'showSignIn'>(200, {
      hub: hub.name,
      demo,
      ...(hub.personApp === undefined ? {} : { personApp: hub.personApp }),
      ...(provider === undefined ? {} : { provider }),
    });
  },
});

/** Where she works: nothing for the data office. */
function placeOf(
  department: string | undefined,
  names: ReadonlyMap<string, Bilingual>,
): { readonly department?: string; readonly departmentName?: Bilingual } {
  const departmentName = department === undefined ? undefined : names.get(department);
  return {
    ...(department === undefined ? {} : { department }),
    ...(departmentName === undefined ? {} : { departmentName }),
  };
}
