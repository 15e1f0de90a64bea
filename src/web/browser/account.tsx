import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { accountTexts } from '../account-texts.ts'
import { toShownName } from '../shown.ts'
import { texts } from '../texts.ts'
import { Icon } from './icons.tsx'
import { usePage, userLink } from './page.ts'
import { RefusalText, Section } from './people.tsx'
import { Sessions } from './sessions.tsx'

/** AccountView has the forms with which a user registers, changes the password, ends sessions and deletes the account. */
export function AccountView() {
  const { model } = usePage()
  const { me } = model.value
  return (
    <main class="page account" id="main" tabIndex={-1}>
      <div class="page__head">
        <h1>{accountTexts.account}</h1>
        <p>{me ? <bdi>{accountTexts.accountOf(toShownName(me.name))}</bdi> : accountTexts.accountNone}</p>
        {me && (
          <a class="btn btn--s" href={userLink(me.name)}>
            {accountTexts.yourGamesLink}
          </a>
        )}
      </div>
      {me && (me.registered ? <RegisteredAccount /> : <GuestAccount name={me.name} />)}
    </main>
  )
}

function GuestAccount({ name }: { readonly name: string }) {
  const page = usePage()
  const { entry } = page.model.value
  const [password, setPassword] = useState('')
  return (
    <Section id="h-register" title={texts.registerTitle}>
      <p class="quiet">{accountTexts.accountGuest}</p>
      <AccountForm error={entry.error} isBusy={entry.busy} button={texts.register} submit={() => page.register(name, password)}>
        <NameField name={name} />
        <PasswordField label={texts.password} hint={texts.newPasswordHint} isNew value={password} change={setPassword} />
      </AccountForm>
    </Section>
  )
}

function RegisteredAccount() {
  const page = usePage()
  const { me, account, entry } = page.model.value
  const [old, setOld] = useState('')
  const [fresh, setFresh] = useState('')
  const [last, setLast] = useState('')
  const ended = account?.type === 'password' ? account.ended : undefined
  const errorOf = (type: 'password' | 'unregister') => (account?.type === type ? (account.error ?? entry.error) : undefined)
  const isBusy = account?.busy === true
  return (
    <>
      <Section id="h-password" title={accountTexts.changePassword}>
        <p class="quiet">{accountTexts.passwordHint}</p>
        <AccountForm
          error={errorOf('password')}
          isBusy={isBusy}
          button={accountTexts.changePassword}
          submit={() => page.changePassword(old, fresh)}
        >
          <NameField name={me?.name ?? ''} />
          <PasswordField label={accountTexts.oldPassword} value={old} change={setOld} />
          <PasswordField label={accountTexts.newPassword} hint={texts.newPasswordHint} isNew value={fresh} change={setFresh} />
        </AccountForm>
        <p role="status">{ended && !entry.busy && accountTexts.passwordChanged(ended.sessions, ended.connections)}</p>
      </Section>
      <Sessions />
      <Section id="h-delete" title={accountTexts.deleteAccount}>
        <p class="quiet">{accountTexts.deleteHint}</p>
        <AccountForm error={errorOf('unregister')} isBusy={isBusy} button={accountTexts.deleteAccount} submit={() => page.unregister(last)}>
          <NameField name={me?.name ?? ''} />
          <PasswordField label={texts.password} value={last} change={setLast} />
        </AccountForm>
      </Section>
    </>
  )
}

/** AccountForm draws a form that shows a refusal above its button. */
function AccountForm(props: {
  readonly error: string | undefined
  readonly isBusy: boolean
  readonly button: string
  readonly submit: () => void
  readonly children: ComponentChildren
}) {
  const { error, isBusy, button, submit, children } = props
  return (
    <form
      class="account__form"
      onSubmit={(event) => {
        event.preventDefault()
        if (!isBusy) submit()
      }}
    >
      {children}
      {error !== undefined && (
        <p class="err" role="alert">
          <Icon name="warn" />
          <RefusalText text={error} />
        </p>
      )}
      <button class="btn" type="submit" disabled={isBusy}>
        {button}
      </button>
    </form>
  )
}

/** NameField draws an invisible field with the user's name, because password managers need the name beside the password. */
function NameField({ name }: { readonly name: string }) {
  return <input class="sr" name="username" autoComplete="username" value={name} readOnly tabIndex={-1} aria-hidden="true" />
}

function PasswordField(props: {
  readonly label: string
  readonly hint?: string
  readonly isNew?: boolean
  readonly value: string
  readonly change: (value: string) => void
}) {
  const { label, hint, isNew, value, change } = props
  return (
    <label class="field">
      <span>{label}</span>
      <input
        class="in"
        type="password"
        autoComplete={isNew ? 'new-password' : 'current-password'}
        required
        maxLength={512}
        value={value}
        onInput={(event) => change(event.currentTarget.value)}
      />
      {hint !== undefined && <small>{hint}</small>}
    </label>
  )
}
