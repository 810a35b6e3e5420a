// The ledger, checked in the page itself: by the oracles that need NumPy alone.

import { ask, start } from "./engine.js";
import { work } from "./panel.js";

const LIMIT = 60; // seconds for a claim

const BEGIN = `
import json
from chainrule.ledger import claims, verify

def check(label):
    verdict = verify(label)
    reasons = [finding.reason for finding in verdict.findings]
    print(json.dumps([verdict.summary(), verdict.status, reasons]))

print(json.dumps([claim.label for claim in claims()]))
`;

// Check every claim, write into its row what was found, and say in a sentence what came of it all.
export const verify = async (place) => {
  const [panel, said] = place.querySelectorAll(".python, output");
  let printed = "";
  const settings = { limit: LIMIT, tell: (text) => (printed += text) };
  const outcome = await work(panel, { wish: "run", given: [BEGIN, "the ledger"], ...settings });
  if (!outcome) return;
  if (outcome.error) {
    said.textContent = outcome.error;
    return;
  }
  const labels = JSON.parse(printed);
  const failed = [];
  const missing = new Map();
  let asked = 0;
  for (const [index, label] of labels.entries()) {
    printed = "";
    try {
      await ask("run", [`check("${label}")`, "the ledger"], settings);
    } catch (error) {
      said.textContent += `; ${error.message}`;
      return;
    }
    const [summary, status, reasons] = JSON.parse(printed);
    if (status === "fails") failed.push(`(${label})`);
    for (const reason of reasons) {
      if (reason) missing.set(reason, (missing.get(reason) ?? 0) + 1);
      else asked += 1;
    }
    const el = document.querySelector(`#claim-${label.replaceAll(".", "-")}`);
    el?.querySelector(".here")?.remove();
    el?.insertAdjacentHTML("beforeend", '<pre class="here"></pre>');
    if (el) el.lastElementChild.textContent = `in this page: ${summary}`;
    said.textContent = `${index + 1} of ${labels.length} claims checked`;
  }
  const left = [...missing].map(([reason, count]) => `${count} (${reason})`).join(", ");
  const verdict = failed.length ? `✗ these fail: ${failed.join(", ")}` : "✓ none fails";
  said.textContent =
    `${verdict}. ${labels.length} claims were held to ${asked} oracles in this page, by ${await start()}. ` +
    `Oracles not asked here: ${left}.`;
};
