/**
 * Members of a class that are its own say `private`, never `#`: a `#` member cannot be taken apart by destructuring, which the readers'
 * hot loops do, and two words for one thing are one too many. docs/decisions/0014-code-conventions.md says more.
 */
export const privateMembers = {
  selector: 'PrivateIdentifier',
  message: 'a private member says `private` (docs/decisions/0014-code-conventions.md)',
};
