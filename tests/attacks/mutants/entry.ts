/** What is bundled of the hub: the same that every other test of a whole hub starts. */
export { testDatabase } from '../../database.ts';
export { testHub } from '../../hub.ts';
export { registerDepartment } from '../../../hub/identity/enrolment/registerDepartment.ts';
