// An editor for a few lines of Python, as light and dark as the page's own listings.

import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { bracketMatching, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { EditorState, StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, keymap } from "@codemirror/view";
import { tags } from "@lezer/highlight";

// the names that Pygments gives, and the page's styles know
const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.controlKeyword, tags.definitionKeyword], class: "k" },
  { tag: [tags.operatorKeyword], class: "ow" },
  { tag: tags.moduleKeyword, class: "kn" },
  { tag: [tags.string, tags.special(tags.string)], class: "s2" },
  { tag: tags.number, class: "mi" },
  { tag: [tags.bool, tags.null], class: "kc" },
  { tag: tags.comment, class: "c1" },
  { tag: [tags.operator, tags.arithmeticOperator, tags.compareOperator], class: "o" },
  { tag: tags.function(tags.definition(tags.variableName)), class: "nf" },
]);

const fault = StateEffect.define();
const faults = StateField.define({
  create: () => Decoration.none,
  update: (marks, change) => {
    for (const effect of change.effects) {
      if (!effect.is(fault)) continue;
      const { doc } = change.state;
      const line = effect.value > 0 && effect.value <= doc.lines && doc.line(effect.value);
      return line ? Decoration.set(Decoration.line({ class: "fault" }).range(line.from)) : Decoration.none;
    }
    return change.docChanged ? Decoration.none : marks;
  },
  provide: (field) => EditorView.decorations.from(field),
});

// Put an editor where an element is.
self.chainruleEditor = (el, { text, label, run }) => {
  const box = document.createElement("div");
  box.className = "editor highlight";
  box.addEventListener("keydown", (event) => event.stopPropagation()); // "/" opens no search here
  el.replaceWith(box);
  const view = new EditorView({
    parent: box,
    state: EditorState.create({
      doc: text,
      extensions: [
        faults,
        history(),
        indentUnit.of("    "),
        indentOnInput(),
        bracketMatching(),
        python(),
        syntaxHighlighting(colours),
        EditorView.lineWrapping,
        keymap.of([
          { key: "Mod-Enter", run: () => (run(), true) },
          indentWithTab,
          ...defaultKeymap,
          ...historyKeymap,
        ]),
        EditorView.contentAttributes.of({
          "aria-label": `${label}. Tab indents; Escape, then Tab leaves. Control and Enter runs.`,
        }),
      ],
    }),
  });
  return {
    box,
    focus: () => view.focus(),
    get text() {
      return view.state.doc.toString();
    },
    set text(value) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: value } });
    },
    mark: (line) => view.dispatch({ effects: fault.of(line ?? 0) }),
  };
};
