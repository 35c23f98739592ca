"""A form that validates while it is filled in, and works without scripts; the rules are a pydantic model."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field, ValidationInfo, field_validator

from hyper import Invalid, error, live

taken = {"ada@example.com"}
PLANS = {"free": "Free", "team": "Team", "company": "Company"}


def address(text: str) -> str:
    name, _, host = text.strip().partition("@")
    if not name or "." not in host.strip("."):
        raise ValueError("An address looks like name@example.com")
    return text.strip().lower()


def accepted(terms: bool) -> bool:
    if not terms:
        raise ValueError("Accept the terms to continue")
    return terms


def strong(password: str) -> str:
    if strength(password) < 3:
        raise ValueError("Add length, digits or other signs")
    return password


def strength(password: str) -> int:
    kinds = sum(any(map(test, password)) for test in (str.islower, str.isupper, str.isdigit))
    return min(4, len(password) // 5 + kinds + (not password.isalnum()) - 1) if password else 0


class Account(BaseModel):
    name: Annotated[str, Field(min_length=2, max_length=40)]
    email: Annotated[str, AfterValidator(address)]
    age: Annotated[int, Field(ge=18, le=130)]
    password: Annotated[str, AfterValidator(strong)]
    repeated: str
    plan: Literal["free", "team", "company"]
    terms: Annotated[bool, AfterValidator(accepted)]

    @field_validator("repeated")
    @classmethod
    def same(cls, repeated: str, info: ValidationInfo) -> str:
        if repeated != info.data.get("password", repeated):
            raise ValueError("The passwords differ")
        return repeated


def Input(name: str, label: str, type: str = "text", autocomplete: str = "off", children=None):
    """A labelled field, with what is wrong with it."""
    return t"""
    <div class="field">
        <label for="{name}">{label}</label>
        <input id="{name}" name="{name}" type="{type}" autocomplete="{autocomplete}"
            aria-invalid="{bool(error(name))}" aria-describedby="{name}-problem">
        {children}
        <p class="problem" id="{name}-problem" aria-live="polite">{error(name)}</p>
    </div>
    """


@live(fallback="htmx")
def form_validation():
    account, password = None, ""

    def check(form: Account):
        pass

    def measure(value: str):
        nonlocal password
        password = value

    def create(form: Account):
        nonlocal account
        if form.email in taken:
            raise Invalid(email="There is an account with this address")
        taken.add(form.email)
        account = form

    def again():
        nonlocal account, password
        account, password = None, ""

    if account:
        return t"""
        <section class="card welcome" role="status">
            <h1>Welcome, {account.name}</h1> <p>Your {PLANS[account.plan]} account is ready.</p>
            <button @click="again">Another one</button>
        </section>
        """
    return t"""
    <form class="card" novalidate @input.debounce="check" @submit="create">
        <h1>Create an account</h1>
        <{Input} name="name" label="Name" autocomplete="name" />
        <{Input} name="age" label="Age" type="number" />
        <{Input} name="email" label="E-mail" type="email" autocomplete="email" />
        <div @input="measure(password)">
            <{Input} name="password" label="Password" type="password" autocomplete="new-password">
                <meter max="4" low="2" high="3" optimum="4" value="{strength(password)}" aria-label="Strength"></meter>
            </{Input}>
        </div>
        <{Input} name="repeated" label="Password again" type="password" autocomplete="new-password" />
        <fieldset class="plans">
            <legend>Plan</legend>
            {[t'<label><input type="radio" name="plan" value="{key}" checked="{key == "free"}"> {label}</label>'
                for key, label in PLANS.items()]}
        </fieldset>
        <label class="terms"><input type="checkbox" name="terms" aria-describedby="terms-problem">
            I accept the terms</label>
        <p class="problem" id="terms-problem" aria-live="polite">{error("terms")}</p>
        <button>Create account</button>
    </form>
    """
