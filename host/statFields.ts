/**
 * The fields of /proc/PID/stat from the third on, which is the process's state. The second is the program's name in
 * parentheses, which may itself hold spaces and parentheses.
 */
export function statFields(text: string): string[] {
  return text.slice(text.lastIndexOf(")") + 2).split(" ");
}
