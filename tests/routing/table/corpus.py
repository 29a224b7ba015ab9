"""Reads the corpus, and composes tasks of it.

A file of `corpus/` holds sorts of work: `# name`, `= what it is about, in terms`, `- a task`, `+ a task with {F} for a feature of any
domain and {S} for a service`. A name may come again in a later file.
"""

import random
from pathlib import Path

HERE = Path(__file__).parent

# Sorts of work that cut across the domains: who does them owns no feature.
ACROSS = set(
    """ui-layout ui-forms-state accessibility i18n mobile infra-containers infra-databases infra-network cicd observability gateway
    coordination security-vulnerabilities privacy-compliance code-review code-conventions qa-testing docs-writing design-ux
    product-management data-analytics data-pipelines ml-models backend-framework webhooks-partners import-export""".split()
)
BEFORE = """please |bug: |we need to |can you |hotfix: |urgent: |task: |could somebody ||todo: |as discussed, |i think |customer reports: \
|regression: |feat: |fix: |ticket: |since yesterday |investigate: |debug why |help, """.split("|")
AFTER = """| please| asap| since the last release| again| in production| on staging| after the upgrade| for some customers| sometimes\
| since monday|, can you look into it|?|!| today| when there are many of them""".split("|")
OF_TERMS = """fix {F}|{F} is broken|{F} does not work|add {F}|implement {F}|{F} is slow|why does {F} fail|improve {F}\
|{F} endpoint returns 500|bug in {F}|{F} is wrong|support {F}|change how {F} works|new endpoint for {F}|speed up {F}|{F} times out\
|work on {F}|{F} missing|extend {F}|handle errors of {F}|{F}: wrong result for some users\
|the api for {F} should return more fields|investigate {F}|allow more than one {F}|remove {F}|{F} for large customers|configure {F}\
|{F} after deletion|stop {F} from failing|make {F} optional|{F}""".split("|")
SERVICES = """identity content communication workflow backend orders payments catalog inventory shipping billing search cart checkout
users accounts media notifications auth messaging documents analytics gateway-service reporting pricing booking customers invoices
worker scheduler profile recommendation web api admin core""".split()
ENDINGS = ["", "", "", "-service", " service", " service", "-api", " api"]


class Concept:
    """A sort of work: its terms, tasks, and tasks with gaps."""

    def __init__(self, name):
        self.name, self.terms, self.tasks, self.templates = name, [], [], []


def read():
    """Every concept of the corpus, in the order in which their last parts come."""
    concepts = {}
    for file in sorted((HERE / "corpus").glob("*.txt")):
        for line in file.read_text().splitlines():
            sign, text = line[:2], line[2:]
            if sign == "# ":
                concept = concepts.pop(text, None) or Concept(text)
                concepts[text] = concept
            elif sign == "= ":
                concept.terms += [term.strip() for term in text.split(",")]
            elif sign == "- ":
                concept.tasks.append(text)
            elif sign == "+ ":
                concept.templates.append(text)
    return list(concepts.values())


class Composer:
    """Makes tasks of a concept: its own ones, filled gaps, and terms in plain sentences, now and then with a slip of the pen."""

    def __init__(self, concepts, seed):
        self.concepts, self.random = concepts, random.Random(seed)
        self.domains = [concept for concept in concepts if concept.name not in ACROSS]

    def task(self, concept):
        weights = {
            "task": len(concept.tasks) * 3,
            "template": len(concept.templates) * (3 if concept.name in ACROSS else 1),
            "terms": len(concept.terms) * 0.6,
        }
        sort = self.random.choices(list(weights), list(weights.values()))[0]
        if sort == "task":
            text = self.random.choice(concept.tasks)
        elif sort == "template":
            text = self.filled(self.random.choice(concept.templates))
        else:
            text = self.of_terms(concept)
        if concept.name in ACROSS and self.random.random() < 0.3:
            text = self.with_feature(text)
        return self.wrapped(text)

    def with_feature(self, text):
        """Work that cuts across stays what it is, whatever domain it is done on."""
        form = self.random.choice(["{F}: {T}", "{T} ({F})", "{T} for {F}", "{T}, {F}"])
        return form.replace("{F}", self.random.choice(self.random.choice(self.domains).terms)).replace("{T}", text)

    def of_terms(self, concept):
        term = self.random.choice(concept.terms)
        if self.random.random() < 0.3:
            return f"{term}, {self.random.choice(concept.terms)}"
        text = self.random.choice(OF_TERMS).replace("{F}", term)
        if concept.name in ACROSS and self.random.random() < 0.15:
            text += f" in the {self.service()}"
        return text

    def filled(self, text):
        for gap in "FGH":
            text = text.replace("{" + gap + "}", self.feature())
        for gap in "ST":
            text = text.replace("{" + gap + "}", self.service())
        return text

    def feature(self):
        among = self.domains if self.random.random() < 0.85 else self.concepts
        return self.random.choice(self.random.choice(among).terms)

    def service(self):
        return self.random.choice(SERVICES) + self.random.choice(ENDINGS)

    def wrapped(self, text):
        if self.random.random() < 0.25:
            text = self.random.choice(BEFORE) + text
        if self.random.random() < 0.2:
            text += self.random.choice(AFTER)
        return self.slipped(text) if self.random.random() < 0.06 else text

    def slipped(self, text):
        words = text.split(" ")
        at = self.random.randrange(len(words))
        word = words[at]
        if len(word) > 4:
            i = self.random.randrange(1, len(word) - 2)
            swapped = word[:i] + word[i + 1] + word[i] + word[i + 2 :]
            words[at] = self.random.choice([swapped, word[:i] + word[i + 1 :]])
        return " ".join(words)
