(* Partial derivatives of functions of matrices, and their chain rule.

   The tools of backprop.v and softmax.v. Vectors are columns, as in the book. *)
From mathcomp Require Import all_ssreflect ssralg ssrnum zmodp matrix.
From mathcomp Require Import classical_sets boolp functions.
From mathcomp Require Import topology normedtype derive reals.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory numFieldNormedType.Exports.
Local Open Scope ring_scope.

(* Entry i, j is the limit of quotients of differences when entry i, j of x moves. *)
Definition partials (R : realType) m n (f : 'M[R]_(m.+1, n.+1) -> R) x :=
  (\matrix_(i, j) 'D_(delta_mx i j) f x) : 'M[R]_(m.+1, n.+1).
Notation "∂" := partials.

(* Both are said, for ∂ has some value even where a limit does not exist. *)
Definition has_gradient (R : realType) m n (f : 'M[R]_(m.+1, n.+1) -> R)
    x g :=
  differentiable f x /\ ∂ f x = g.

Definition hadamard (R : realType) m n (A B : 'M[R]_(m, n)) :=
  \matrix_(i, j) (A i j * B i j).
Infix "⊙" := hadamard (at level 40).

Section Calculus.
Variable R : realType.
(* The library makes a normed space of matrices with at least one row and one column. *)
Notation mat m n := 'M[R]_(m.+1, n.+1).

Lemma partialsE m n (f : mat m n -> R) x i j :
  differentiable f x -> ∂ f x i j = 'd f x (delta_mx i j).
Proof. by move=> df; rewrite mxE deriveE. Qed.

Lemma diff_partials m n (f : mat m n -> R) x h :
  differentiable f x -> 'd f x h = \sum_i \sum_j ∂ f x i j * h i j.
Proof.
move=> df; rewrite {1}[h]matrix_sum_delta linear_sum; apply: eq_bigr => i _.
rewrite linear_sum; apply: eq_bigr => j _.
by rewrite linearZ partialsE // mulrC.
Qed.

Lemma differentiable_entries m n p q (f : mat m n -> mat p q) x :
  (forall k l, differentiable (fun x => f x k l) x) -> differentiable f x.
Proof.
move=> df.
have -> : f = \sum_(k < p.+1) \sum_(l < q.+1) (fun x => f x k l *: delta_mx k l).
  apply/funext => y; rewrite [LHS]matrix_sum_delta fct_sumE.
  by apply: eq_bigr => k _; rewrite fct_sumE.
apply: (@differentiable_sum R _ _ p.+1) => k.
apply: (@differentiable_sum R _ _ q.+1) => l.
exact: (@differentiableZl R _ _ (fun x => f x k l)).
Qed.

Lemma diff_coord m n (x h : mat m n) k l :
  'd (fun x : mat m n => x k l : R) x h = h k l.
Proof.
pose e (y : mat m n) : R := y k l.
have elin : linear e by move=> a u v; rewrite /e !mxE.
have E : 'd e x = e :> (_ -> _).
  by apply: (@diff_lin _ _ _ (Linear elin)); exact: coord_continuous.
exact: (congr1 (fun u => u h) E).
Qed.

Lemma diff_entry m n p q (f : mat m n -> mat p q) x h k l :
  differentiable f x -> 'd (fun x => f x k l) x h = ('d f x h) k l.
Proof.
move=> df.
pose e (y : mat p q) : R := y k l.
have de : differentiable e (f x) by exact: differentiable_coord.
transitivity (('d e (f x) \o 'd f x) h).
  exact: (congr1 (fun u => u h) (diff_comp df de)).
exact: diff_coord.
Qed.

(* The chain rule of several variables. *)
Theorem chain_rule m n p q (f : mat m n -> mat p q) (C : mat p q -> R) x :
  (forall k l, differentiable (fun x => f x k l) x) ->
  differentiable C (f x) ->
  has_gradient (fun x => C (f x)) x
    (\matrix_(i, j) \sum_k \sum_l
      ∂ C (f x) k l * ∂ (fun x => f x k l) x i j).
Proof.
move=> dfs dC; have df := differentiable_entries dfs.
have dCf := differentiable_comp df dC; split=> //.
apply/matrixP => i j; rewrite partialsE // [RHS]mxE.
transitivity ('d C (f x) ('d f x (delta_mx i j))).
  exact: (congr1 (fun u => u (delta_mx i j)) (diff_comp df dC)).
rewrite diff_partials //; apply: eq_bigr => k _; apply: eq_bigr => l _.
by congr (_ * _); rewrite partialsE //; exact/esym/diff_entry.
Qed.

(* A linear function with a constant added. *)
Lemma affine_entry m n (L : {linear mat m n -> R}) c x :
  has_gradient (fun x => L x + c) x (\matrix_(i, j) L (delta_mx i j)).
Proof.
have dL y : differentiable L y.
  have -> : L = (\sum_(i < m.+1) \sum_(j < n.+1)
      (fun x : mat m n => x i j *: L (delta_mx i j))) :> (mat m n -> R).
    apply/funext => z; rewrite {1}[z]matrix_sum_delta linear_sum fct_sumE.
    apply: eq_bigr => i _; rewrite linear_sum fct_sumE.
    by apply: eq_bigr => j _; rewrite linearZ.
  apply: (@differentiable_sum R _ _ m.+1) => k.
  apply: (@differentiable_sum R _ _ n.+1) => l.
  apply: (@differentiableZl R _ _ (fun x : mat m n => x k l)).
  exact: differentiable_coord.
have dc : differentiable (cst c : mat m n -> R) x by exact: differentiable_cst.
have df : differentiable (fun x => L x + c) x.
  exact: (@differentiableD _ _ _ (L : mat m n -> R) (cst c)).
split=> //; apply/matrixP => i j; rewrite partialsE // [RHS]mxE.
have E : 'd (L : mat m n -> R) x = L :> (mat m n -> R).
  by apply: diff_lin => y; exact/differentiable_continuous/dL.
transitivity (('d (L : mat m n -> R) x \+ 'd (cst c : mat m n -> R) x) (delta_mx i j)).
  exact: (congr1 (fun u => u (delta_mx i j)) (diffD (dL x) dc)).
transitivity (L (delta_mx i j) + 0); last exact: addr0.
congr (_ + _); first exact: (congr1 (fun u => u (delta_mx i j)) E).
exact: (congr1 (fun u => u (delta_mx i j)) (diff_cst c x)).
Qed.

Lemma affine_chain m n p q (A : {linear mat m n -> mat p q}) b C x :
  differentiable C (A x + b) ->
  has_gradient (fun x => C (A x + b)) x
    (\matrix_(i, j) \sum_k \sum_l ∂ C (A x + b) k l * A (delta_mx i j) k l).
Proof.
move=> dC.
have L k l : { L : {linear mat m n -> R} | forall x, L x = A x k l }.
  have lin : linear (fun x => A x k l : R) by move=> c u v; rewrite linearP !mxE.
  by exists (Linear lin).
have E k l : (fun x => (A x + b) k l) = (fun x => projT1 (L k l) x + b k l).
  by apply/funext => y; rewrite (projT2 (L k l)) !mxE.
have [k l||d D] := @chain_rule m n p q (fun x => A x + b) C x.
- by rewrite E; have [] := affine_entry (projT1 (L k l)) (b k l) x.
- exact: dC.
split=> //; rewrite D; apply/matrixP => i j; rewrite [LHS]mxE [RHS]mxE.
apply: eq_bigr => k _; apply: eq_bigr => l _; congr (_ * _); rewrite E.
by have [_ ->] := affine_entry (projT1 (L k l)) (b k l) x; rewrite mxE (projT2 (L k l)).
Qed.

(* A function of one entry. *)
Lemma entry_gradient m n (σ : R -> R) (z : mat m n) k l :
  derivable σ (z k l) 1 ->
  has_gradient (fun z : mat m n => σ (z k l)) z
    (\matrix_(i, j) (((k == i) && (l == j))%:R * σ^`() (z k l))).
Proof.
move=> dσ.
have dz : differentiable (fun z : mat m n => z k l : R) z by exact: differentiable_coord.
have ds : differentiable σ (z k l) by apply/derivable1_diffP.
have d : differentiable (fun z : mat m n => σ (z k l)) z by exact: (differentiable_comp dz ds).
split=> //; apply/matrixP => i j; rewrite partialsE // [RHS]mxE.
transitivity ('d σ (z k l) ('d (fun z : mat m n => z k l : R) z (delta_mx i j))).
  exact: (congr1 (fun u => u (delta_mx i j)) (diff_comp dz ds)).
rewrite diff_coord (mxE _ (fun k l => ((k == i) && (l == j))%:R)).
exact: (congr1 (fun u => u _) (deriv1E dσ)).
Qed.

Lemma elementwise_chain m n (σ : R -> R) (C : mat m n -> R) (z : mat m n) :
  (forall k l, derivable σ (z k l) 1) ->
  differentiable C (map_mx σ z) ->
  has_gradient (fun z => C (map_mx σ z)) z (∂ C (map_mx σ z) ⊙ map_mx σ^`() z).
Proof.
move=> dσ dC.
have E k l : (fun z => map_mx σ z k l) = (fun z : mat m n => σ (z k l)).
  by apply/funext => y; rewrite mxE.
have de k l : differentiable (fun z => map_mx σ z k l) z.
  by rewrite E; have [] := entry_gradient (dσ k l).
have [d D] := @chain_rule m n m n (map_mx σ) C z de dC.
split=> //; rewrite D; apply/matrixP => i j.
rewrite [LHS]mxE [RHS]mxE [map_mx σ^`() z i j]mxE (bigD1 i) //= (bigD1 j) //=.
have P k l : ∂ (fun z => map_mx σ z k l) z i j = ((k == i) && (l == j))%:R * σ^`() (z k l).
  by rewrite E; have [_ ->] := entry_gradient (dσ k l); rewrite mxE.
rewrite !big1 ?addr0.
- by rewrite P !eqxx mul1r.
- by move=> k ki; rewrite big1 // => l _; rewrite P (negbTE ki) mul0r mulr0.
- by move=> l li; rewrite P (negbTE li) andbF mul0r mulr0.
Qed.

Lemma sum_gradient N m n (f : 'I_N -> mat m n -> R) x g :
  (forall s, has_gradient (f s) x (g s)) ->
  has_gradient (fun x => \sum_s f s x) x (\sum_s g s).
Proof.
move=> H.
have E : (fun x => \sum_s f s x) = \sum_s f s by apply/funext => y; rewrite fct_sumE.
have d s : differentiable (f s) x by have [] := H s.
split; first by rewrite E; exact: differentiable_sum.
apply/matrixP => i j; rewrite mxE E derive_sum; last by move=> s; exact: diff_derivable.
by rewrite summxE; apply: eq_bigr => s _; have [_ <-] := H s; rewrite mxE.
Qed.
End Calculus.
