import type { ExitName } from "../../errors/index.ts";
import type { CommandScope } from "../context.ts";
import type { GlobalFlags } from "../flags.ts";
import type { Shell } from "../routes/completion.ts";

/** Each script asks `snapform __complete WORDS...` for one proposal per line. */
const scripts: Readonly<Record<Shell, string>> = {
  bash: `_snapform() {
  local IFS=$'\\n'
  COMPREPLY=($(snapform __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
  if [[ \${#COMPREPLY[@]} -eq 0 ]]; then
    COMPREPLY=($(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}"))
  fi
}
complete -o filenames -F _snapform snapform
`,
  zsh: `#compdef snapform
_snapform() {
  local -a found
  found=("\${(@f)$(snapform __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "\${found[1]}" ]]; then compadd -- "\${found[@]}"; else _files; fi
}
compdef _snapform snapform
`,
  fish: `function __snapform_complete
  set -l words (commandline -opc) (commandline -ct)
  snapform __complete $words[2..-1] 2>/dev/null
end
complete -c snapform -a '(__snapform_complete)'
`,
};

/** Prints the completion script of a shell. */
export async function completion(
  scope: CommandScope,
  _flags: GlobalFlags,
  shell: Shell,
): Promise<ExitName> {
  scope.stdout.write(scripts[shell]);
  return "done";
}
