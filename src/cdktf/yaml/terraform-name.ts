/** The name of a resource in Terraform: as in the YAML, but it cannot begin with a digit. */
export function terraformName(section: Readonly<Record<string, unknown>>, name: string): string {
  let free = name;
  if (!/^\d/.test(name)) return name;
  do free = `_${free}`;
  while (Object.hasOwn(section, free));
  return free;
}
