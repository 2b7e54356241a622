"""Every problem by its code: the status it is answered with, its title and its detail in both languages."""

from collections.abc import Mapping
from dataclasses import dataclass

from service.core.lifecycle import Act, State

Both = tuple[str, str]  # Chinese, English


@dataclass(frozen=True, slots=True)
class Told:
    """How a problem is told; the detail's `{names}` are filled by who refuses."""

    status: int  # 0: that of the refusal
    title: Both
    detail: Both


_UNKNOWN = ("凭证无效", "The credentials are not accepted")
_NOT_ALLOWED = ("没有权限", "Not allowed")
_IN_THE_WAY = ("与现状不符", "Something stands in the way")
_AWAY = ("暂时无法办理", "Not possible at the moment")

PROBLEMS: Mapping[str, Told] = {
    # What any address may answer
    "bad_request": Told(400, ("无法读懂请求", "The request cannot be read"), ("{said}", "{said}")),
    "not_found": Told(404, ("没有找到", "Not found"), ("没有这个地址。", "There is no such address.")),
    "method_not_allowed": Told(
        405,
        ("不支持该方法", "The method is not allowed here"),
        ("这个地址不支持该方法。", "This address does not support the method."),
    ),
    "too_large": Told(
        413,
        ("请求太大", "The request is too large"),
        ("请求体最大 1 MiB。", "A body of at most 1 MiB is taken."),
    ),
    "unsupported_media_type": Told(
        415,
        ("请求体须为 application/json", "The body must be application/json"),
        (
            "请用 content-type: application/json 发送请求体。",
            "Send the body as content-type: application/json.",
        ),
    ),
    "invalid_request": Told(
        422, ("请求有误", "The request is not valid"), ("发现 {count} 处错误。", "{count} found.")
    ),
    "internal_error": Told(
        500,
        ("服务内部错误", "An error inside the service"),
        ("出错的是服务，不是请求。", "The service failed, not the request."),
    ),
    "not_ready": Told(
        503,
        ("服务尚未就绪", "The service is not ready"),
        (
            "尚未读到已发布的政策，请稍后再试。",
            "The published policies have not been read yet; try again soon.",
        ),
    ),
    # Who asks
    "credentials_required": Told(
        401,
        ("需要凭证", "Credentials are required"),
        (
            "请用 X-API-Key 发送密钥，或用 Authorization: Bearer 发送访问令牌。",
            "Send a key as X-API-Key, or an access token as Authorization: Bearer.",
        ),
    ),
    "credentials_given_twice": Told(
        401,
        ("凭证重复", "Credentials are given twice"),
        (
            "X-API-Key 与 Authorization 只能发送一个，且只能发送一次。",
            "Send either X-API-Key or Authorization, and only once.",
        ),
    ),
    "key_unknown": Told(
        401, _UNKNOWN, ("没有这个密钥，或密钥不对。", "There is no such key, or it is not right.")
    ),
    "key_revoked": Told(401, _UNKNOWN, ("密钥已被吊销。", "The key has been revoked.")),
    "key_expired": Told(401, _UNKNOWN, ("密钥已过期。", "The key has expired.")),
    "token_malformed": Told(
        401, _UNKNOWN, ("访问令牌的格式不对。", "The access token is not of the form that is taken.")
    ),
    "token_algorithm": Told(
        401,
        _UNKNOWN,
        ("访问令牌的签名算法不被接受。", "The access token is signed by an algorithm that is not taken."),
    ),
    "token_key_unknown": Told(
        401,
        _UNKNOWN,
        (
            "身份提供方没有公布签名所用的密钥。",
            "The identity provider does not publish the key that signed the access token.",
        ),
    ),
    "token_signature": Told(
        401, _UNKNOWN, ("访问令牌的签名不对。", "The signature of the access token is not right.")
    ),
    "token_expired": Told(401, _UNKNOWN, ("访问令牌已过期。", "The access token has expired.")),
    "token_not_yet_valid": Told(401, _UNKNOWN, ("访问令牌尚未生效。", "The access token is not valid yet.")),
    "token_issuer": Told(
        401, _UNKNOWN, ("不接受这个签发者的访问令牌。", "No access tokens are taken from this issuer.")
    ),
    "token_audience": Told(
        401,
        _UNKNOWN,
        ("访问令牌不是签发给这项服务的。", "The access token was not issued for this service."),
    ),
    "token_claims": Told(
        401,
        _UNKNOWN,
        (
            "访问令牌缺少必要的内容，或内容的格式不对。",
            "The access token lacks a claim that is needed, or one is not of the right form.",
        ),
    ),
    # What they may do
    "scope_missing": Told(
        403,
        _NOT_ALLOWED,
        ("需要下列权限之一：{scopes}。", "One of these scopes is needed: {scopes}."),
    ),
    "second_person_required": Told(
        403,
        ("需要第二个人", "A second person is required"),
        (
            "{policy} 的作者不能自己发布或撤回它，须由另一个人办理。",
            "Who wrote something of {policy} may not publish or withdraw it; another person must.",
        ),
    ),
    "administration_closed": Told(
        403,
        ("管理功能没有开放", "Administration is closed"),
        (
            "这项服务没有配置管理所需的数据库角色，或没有任何可用的凭证。",
            "This service has no database role for administration, or no credentials to take.",
        ),
    ),
    # What stands in the way
    "wrong_state": Told(
        409,
        _IN_THE_WAY,
        ("{policy} {state}，不能{act}{instead}。", "{policy} is {state}: it cannot be {act}{instead}."),
    ),
    "policy_overlap": Told(
        409,
        ("生效日期重叠", "The days overlap"),
        (
            (
                "同一统筹区的其他政策在部分相同的日子生效：{these}。发布草稿时：在 follows 里"
                "写明草稿终止哪一项，或者更正那一项（supersede）；撤回时："
                "用 restore 为 false 撤回，就没有什么要恢复。"
            ),
            (
                "Other policies of the area are in force on some of the same days: {these}. To publish a "
                "draft, name the one that it ends under `follows`, or correct that one (`supersede`). To "
                "withdraw, send `restore` as false: then nothing comes back."
            ),
        ),
    ),
    "not_in_force": Told(
        409,
        _IN_THE_WAY,
        (
            "{policy} 已不是该统筹区现行发布的政策。",
            "{policy} is not, or is no longer, a published policy of the area.",
        ),
    ),
    "stale_version": Told(
        412,
        ("版本已变", "The version has changed"),
        (
            "{draft} 现在是第 {version} 版；请重新读取，再用它的 ETag 作 If-Match。",
            "{draft} is at version {version} by now; read it again and send its ETag as If-Match.",
        ),
    ),
    "if_match_required": Told(
        428,
        ("需要 If-Match", "If-Match is required"),
        (
            "请用 If-Match 发送所读到的 ETag，以免覆盖别人的修改。",
            "Send the ETag that you have read as If-Match, so that nobody's change is lost.",
        ),
    ),
    "idempotency_key_reused": Told(
        422,
        ("Idempotency-Key 已用过", "The Idempotency-Key has been used"),
        (
            "同一个 Idempotency-Key 已用于另一个请求。",
            "The same Idempotency-Key was sent with another request.",
        ),
    ),
    "unsound_policy": Told(
        422,
        ("政策文件不能发布", "The policy document cannot be published"),
        ("发现 {count} 处错误。", "{count} found."),
    ),
    # What is away
    "store_away": Told(
        503,
        _AWAY,
        (
            "数据库暂时不可用，所请求的操作可能没有完成；请稍后查看，再决定是否重试。",
            "The database is away; what was asked may not have been done. Look, then try again soon.",
        ),
    ),
    "identity_provider_away": Told(
        503,
        _AWAY,
        (
            "暂时无法从身份提供方取得公钥，请稍后再试。",
            "The keys of the identity provider cannot be fetched at the moment; try again soon.",
        ),
    ),
    "refused": Told(0, ("请求被拒绝", "The request was refused"), ("{said}", "{said}")),
}

INSTEAD: Both = ("；现行的是 {policy}", "; published in its place is {policy}")
STATES: Mapping[State, Both] = {
    State.DRAFT: ("是草稿", "a draft"),
    State.PUBLISHED: ("已发布", "published"),
    State.SUPERSEDED: ("已被更正", "superseded"),
    State.WITHDRAWN: ("已撤回", "withdrawn"),
}
ACTS: Mapping[Act, Both] = {
    Act.CREATE: ("新建", "created"),
    Act.REPLACE: ("修改", "replaced"),
    Act.CHECK: ("检查", "checked"),
    Act.PUBLISH: ("发布", "published"),
    Act.SUPERSEDE: ("更正", "superseded"),
    Act.WITHDRAW: ("撤回", "withdrawn"),
}
