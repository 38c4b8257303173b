# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Completion of a program's options, from its --help: awk -v shell=bash|zsh|fish -v program=NAME -f complete.awk
#
# An option's line begins with spaces and "-", has all its spellings before two spaces, and what it does
# after them: "  -o, --output=FILE   - for standard output".

function quoted(text) { gsub(/'/, "'\\''", text); return "'" text "'" }

/^ +-/ {
    text = $0
    sub(/^ +/, "", text)
    spellings = text
    sub(/  .*/, "", spellings)
    words = length(spellings) < length(text) ? substr(text, length(spellings) + 1) : ""
    gsub(/^ +|\[|\]|\\/, "", words)
    gsub(/[,|]/, " ", spellings)
    split(spellings, parts, " ")
    for (i = 1; i in parts; i++) {
        if (parts[i] !~ /^-/)
            continue
        option = parts[i]
        value = match(option, /\[?=/) ? "=" : parts[i + 1] ~ /^[A-Z]/ ? " " : ""
        optional = option ~ /\[=/
        sub(/\[?=.*/, "", option)
        if (option in known)
            continue
        known[option] = 1
        names[++count] = option
        takes[count] = value
        may[count] = optional
        does[count] = words
    }
    for (i in parts)
        delete parts[i]
}

# What it does, where its spellings fill a line.
/^ +[^- ]/ && count && does[count] == "" {
    words = $0
    sub(/^ +/, "", words)
    gsub(/\[|\]|\\/, "", words)
    for (i = count; i > 0 && does[i] == ""; i--)
        does[i] = words
}

END {
    if (shell == "bash") {
        function_name = "_" program
        gsub(/-/, "_", function_name)
        printf "# bash completion for %s\n%s()\n{\n", program, function_name
        printf "    local cur=${COMP_WORDS[COMP_CWORD]}\n    COMPREPLY=()\n"
        printf "    if [[ $cur == -* ]]; then\n        mapfile -t COMPREPLY < <(compgen -W '"
        for (i = 1; i <= count; i++)
            printf("%s%s%s", (i > 1 ? " " : ""), names[i],
                   ((takes[i] == "=" && !may[i] && names[i] ~ /^--/) ? "=" : ""))
        printf "' -- \"$cur\")\n"
        printf "        [[ ${COMPREPLY[0]} == *= ]] && compopt -o nospace\n"
        printf "    fi\n    return 0\n}\ncomplete -o default -o bashdefault -F %s %s\n", function_name, program
    } else if (shell == "zsh") {
        printf "#compdef %s\n_arguments \\\n", program
        for (i = 1; i <= count; i++) {
            suffix = ""
            if (takes[i] == "=")
                suffix = names[i] !~ /^--/ ? "+" : may[i] ? "=-" : "="
            argument = takes[i] == "" ? "" : (may[i] ? "::" : ":") "value:_files"
            printf "  %s \\\n", quoted(names[i] suffix "[" does[i] "]" argument)
        }
        printf "  '*:file:_files'\n"
    } else {
        for (i = 1; i <= count; i++) {
            name = names[i]
            kind = name ~ /^--/ ? "-l" : length(name) == 2 ? "-s" : "-o"
            sub(/^--?/, "", name)
            printf("complete -c %s %s %s%s -d %s\n", program, kind, name,
                   ((takes[i] != "" && !may[i]) ? " -r" : ""), quoted(does[i]))
        }
    }
}
