"""`queuectl completion SHELL`: the script that lets a shell complete commands, ids and names."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated

import typer

from queuectl.exits import UsageProblem
from queuectl.session import Session

app = typer.Typer(add_completion=False, rich_markup_mode=None)

SCRIPTS: Mapping[str, str] = MappingProxyType(
    {
        "bash": """\
_queuectl() {
    local line lines=()
    mapfile -t lines < <(queuectl __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
    COMPREPLY=()
    if [[ ${lines[0]} == :files ]]; then
        compopt -o default
        return
    fi
    for line in "${lines[@]}"; do
        COMPREPLY+=("${line%%$'\\t'*}")
    done
    if [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *= ]]; then
        compopt -o nospace
    fi
}
complete -F _queuectl queuectl
""",
        "zsh": """\
#compdef queuectl
_queuectl() {
    local line
    local -a lines offers
    lines=("${(@f)$(queuectl __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}")
    if [[ ${lines[1]} == :files ]]; then
        _files
        return
    fi
    for line in $lines; do
        # A value, and behind a colon what it means, if there is something to say.
        [[ -n $line ]] && offers+=("${${line//:/\\\\:}/$'\\t'/:}")
    done
    _describe -V queuectl offers
}
if [[ $funcstack[1] == _queuectl ]]; then
    _queuectl "$@"
else
    compdef _queuectl queuectl
fi
""",
        "fish": """\
function __queuectl_complete
    set -l lines (queuectl __complete (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)
    if test "$lines[1]" = ":files"
        __fish_complete_path (commandline -ct)
    else
        printf '%s\\n' $lines
    end
end
complete -c queuectl -f -a '(__queuectl_complete)'
""",
        "powershell": """\
Register-ArgumentCompleter -Native -CommandName queuectl -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements | Select-Object -Skip 1 | ForEach-Object { "$_" })
    if ($wordToComplete -eq '') { $words += '__empty__' }
    queuectl __complete @words 2>$null | Where-Object { $_ -ne ':files' } | ForEach-Object {
        $value, $text = $_ -split "`t", 2
        if (-not $text) { $text = $value }
        $kind = 'ParameterValue'
        [System.Management.Automation.CompletionResult]::new($value, $value, $kind, $text)
    }
}
""",
    }
)


@app.command("completion")
def completion(
    ctx: typer.Context,
    *,
    shell: Annotated[str, typer.Argument(metavar="SHELL", help="bash, zsh, fish or powershell.")],
) -> None:
    """Print a script that completes commands, options, ids, queues, states and names.

    \b
    Examples:
      queuectl completion bash > ~/.local/share/bash-completion/completions/queuectl
      queuectl completion zsh > "${fpath[1]}/_queuectl"
      queuectl completion fish > ~/.config/fish/completions/queuectl.fish
      queuectl completion powershell >> $PROFILE

    For the shell that runs now: eval "$(queuectl completion bash)". Ids and names come from the
    store that the command line names, if it is a SQLite store. With --json: shell, script.
    """
    session: Session = ctx.obj
    script = SCRIPTS.get(shell.lower().removesuffix(".exe").replace("pwsh", "powershell"))
    if script is None:
        raise UsageProblem(f"no completion for {shell!r}; there is one for {', '.join(SCRIPTS)}")
    if session.json:
        session.terminal.document({"shell": shell, "script": script})
        return
    for line in script.splitlines():
        session.terminal.line(line)
